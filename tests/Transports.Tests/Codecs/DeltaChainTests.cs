using FsCheck;
using FsCheck.Fluent;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Snapshots;
using Rollcall.Testing.Support;
using Rollcall.Testing.Support.Clients;

namespace Rollcall.Transports.Tests.Codecs;

/// <summary>A Java client that follows by deltas holds what a full read shows and never has to read in full again.</summary>
public class DeltaChainTests
{
    private static readonly string[] s_services = ["A", "B", "C"];

    // Few names, so that instances come back and applications empty; as many polls as it takes to see all orders.
    private static readonly Gen<Step[]> s_steps = (
        from kind in Gen.Choose(0, 9)
        from service in Gen.Choose(0, 2)
        from id in Gen.Choose(0, 3)
        from status in Gen.Choose(0, 4)
        select new Step(kind, s_services[service], $"i-{id}", (InstanceStatus)status)
    ).ArrayOf(120);

    [Fact]
    public void Through_JSON() => Check(Encode.Json, new LegacyJavaJsonReader());

    [Fact]
    public void Through_XML() => Check(Encode.Xml, new LegacyJavaXmlReader());

    private static void Check<TEncoder>(TEncoder encoder, IClientReader reader)
        where TEncoder : struct, ISnapshotEncoder =>
        Prop.ForAll(Arb.From(s_steps), steps => Follow(steps, encoder, reader)).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    private static void Follow<TEncoder>(Step[] steps, TEncoder encoder, IClientReader reader)
        where TEncoder : struct, ISnapshotEncoder
    {
        var stepped = new SteppedRegistry(SteppedRegistry.Unguarded);
        var documents = new EncodedSnapshotCache<TEncoder>(stepped.Registry, encoder);
        var client = new ClientCache();
        foreach (Step step in steps)
        {
            Do(stepped, step);
            if (step.Kind == 0)
            {
                RegistrySnapshot snapshot = stepped.Registry.ReadSnapshot();
                ClientView delta = Read(
                    reader,
                    ClientDocument.Delta,
                    documents.Delta(snapshot, stepped.Now, DocumentCoding.Plain)!
                );
                ClientView full = Read(reader, ClientDocument.Full, documents.Full(snapshot, DocumentCoding.Plain));

                Assert.True(client.Apply(delta), $"the hash says {delta.Hash}, the client holds {client.Hash()}");
                Assert.Equal(full.Hash, delta.Hash);
                Assert.Equal(Shown(full.Instances), Shown(client.Instances));
            }
        }
    }

    private static void Do(SteppedRegistry stepped, Step step)
    {
        switch (step.Kind)
        {
            case 0:
                stepped.Pass(TimeSpan.FromSeconds(1));
                break;
            case <= 4:
                stepped.Register(
                    RegistrationBuilder.Of(step.Service, step.Id) with
                    {
                        Status = step.Status,
                        LeaseDuration = TimeSpan.FromSeconds(1 + (int)step.Status),
                    }
                );
                break;
            case <= 6:
                stepped.Cancel(step.Service, step.Id);
                break;
            case 7:
                stepped.SetStatus(step.Service, step.Id, step.Status);
                break;
            case 8:
                stepped.ClearStatus(step.Service, step.Id);
                break;
            default:
                stepped.SetMetadata(step.Service, step.Id, ("key", step.Status.ToString()));
                break;
        }
    }

    private static ClientView Read(IClientReader reader, ClientDocument kind, EncodedDocument document) =>
        reader.Read(kind, EchoDocument.Bytes(document));

    // All but what says how the record came here.
    private static string[] Shown(IEnumerable<ClientInstance> instances) =>
        [
            .. instances
                .Select(i => string.Join('|', ClientInstance.Members.Values.Select(member => member(i))))
                .Order(StringComparer.Ordinal),
        ];

    private readonly record struct Step(int Kind, string Service, string Id, InstanceStatus Status);
}
