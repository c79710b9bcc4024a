using System.Globalization;
using FsCheck;
using FsCheck.Fluent;

namespace Rollcall.Core.Tests.Model;

/// <summary>What a step of a generated program does.</summary>
internal enum ModelVerb
{
    Register,
    RegisterByPeer,
    RenewByKey,
    RenewByHandle,
    RenewMany,
    RenewByStaleHandle,
    RenewByForgedHandle,
    Cancel,
    SetStatus,
    ClearStatus,
    SetMetadata,
    Pass,
    PassUnseen,
    Stall,
}

/// <summary>One step of a generated program: a verb, an instance, and a number that says the rest.</summary>
internal readonly record struct ModelStep(ModelVerb Verb, int Service, int Id, int Rest)
{
    // Registrations and time are drawn more often than the others: without them nothing else has an object.
    private static readonly ModelVerb[] Verbs =
    [
        .. Enum.GetValues<ModelVerb>(),
        ModelVerb.Register,
        ModelVerb.Register,
        ModelVerb.Register,
        ModelVerb.RegisterByPeer,
        ModelVerb.RenewByKey,
        ModelVerb.RenewByHandle,
        ModelVerb.SetStatus,
        ModelVerb.Pass,
        ModelVerb.Pass,
        ModelVerb.Pass,
    ];

    private static readonly Gen<ModelStep> One =
        from verb in Gen.Elements(Verbs)
        from service in Gen.Choose(0, 99)
        from id in Gen.Choose(0, 99)
        from rest in Gen.Choose(0, 999_999)
        select new ModelStep(verb, service, id, rest);

    /// <summary>
    /// Programs of <paramref name="lengthMin"/> to <paramref name="lengthMax"/> steps, shrunk by leaving steps out.
    /// </summary>
    public static Arbitrary<ModelStep[]> Programs(int lengthMin, int lengthMax) =>
        Arb.From(Gen.Choose(lengthMin, lengthMax).SelectMany(length => One.ArrayOf(length)), Shorter);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Verb}({Service},{Id},{Rest})");

    private static IEnumerable<ModelStep[]> Shorter(ModelStep[] steps)
    {
        for (int cut = steps.Length / 2; cut > 0; cut /= 2)
        {
            for (int at = 0; at + cut <= steps.Length; at += cut)
            {
                yield return [.. steps[..at], .. steps[(at + cut)..]];
            }
        }
    }
}
