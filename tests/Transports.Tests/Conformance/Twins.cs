using Rollcall.Core;
using Rollcall.Core.Access;
using Rollcall.Core.Seams;
using Rollcall.Testing.Support;

namespace Rollcall.Transports.Tests.Conformance;

/// <summary>
/// The link under test, and beside it an <see cref="EmbeddedLink"/> to a registry that began in the same way: each call is made on both
/// and must be answered alike.
/// </summary>
internal sealed class Twins(Venue venue, IRegistryLink link) : IAsyncDisposable
{
    private readonly SteppedRegistry _other = new(venue.Registry.Options);

    public EmbeddedLink Other => field ??= new EmbeddedLink(_other.Registry, Principal.Anyone);

    /// <summary>Makes a call on both and compares the answers; gives back that of the link under test.</summary>
    public async Task<T> Agree<T>(string what, Func<IRegistryLink, ValueTask<T>> call)
    {
        T expected = await call(Other);
        T seen = await venue.Soon(call(link).AsTask(), what);
        Assert.Equal($"{what}: {Answers.Shown(expected)}", $"{what}: {Answers.Shown(seen)}");
        return seen;
    }

    /// <summary>The same, and the answer is a refusal.</summary>
    public async Task Refuse(string what, Func<IRegistryLink, ValueTask<RegisterResult>> call)
    {
        RegisterResult result = await Agree(what, call);
        Assert.NotNull(result.Error);
        Assert.Equal(_other.Version, venue.Under.Version);
    }

    /// <summary>The two registries hold the same.</summary>
    public void HoldTheSame() => Assert.Equal(Answers.Shown(_other.Registry.ReadSnapshot().Instances()), Answers.Shown(venue.Registry.ReadSnapshot().Instances()));

    public ValueTask DisposeAsync() => Other.DisposeAsync();
}
