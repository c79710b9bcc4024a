using System.Buffers;
using System.Text;
using System.Text.Json;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Snapshots;
using Rollcall.Core.Watching;
using Rollcall.Testing.Support;
using Rollcall.Transports.Http.V1;

namespace Rollcall.Transports.Tests.Native;

/// <summary>What is written is read as it was, and what nobody wrote is refused as such.</summary>
public sealed class V1CodecTests
{
    private readonly SteppedRegistry _under = new(SteppedRegistry.Options);

    [Fact]
    public void A_document_gives_back_every_instance_whole()
    {
        Fill();
        RegistryUpdate read = new V1Reader().ReadUpdate(Document());
        Assert.Equal(UpdateKind.Snapshot, read.Kind);
        Assert.Equal(new RegistryVersion(_under.Registry.BootEpoch, _under.Version), read.Version);
        Assert.Equal(
            _under.Registry.ReadSnapshot().Instances().Select(Portrait.Whole),
            read.Instances.Select(Portrait.Whole)
        );
    }

    [Fact]
    public void Changes_give_back_every_change()
    {
        Fill();
        Change[] changes = [.. _under.Registry.ReadDelta(0).Changes];
        RegistryUpdate read = new V1Reader().ReadUpdate(Changes());
        Assert.Equal(UpdateKind.Changes, read.Kind);
        Assert.Equal(changes.Length, read.Changes.Count);
        for (int i = 0; i < changes.Length; i++)
        {
            InstanceChange expected = InstanceChange.Of(changes[i]);
            InstanceChange seen = read.Changes[i];
            Assert.Equal(expected.Record is null ? null : Portrait.Whole(expected.Record), seen.Record is null ? null : Portrait.Whole(seen.Record));
            bool removed = expected.Kind == ChangeKind.Removed; // a status without meaning is not written
            Assert.Equal(
                expected with { Record = null, OwnStatus = removed ? default : expected.OwnStatus, Override = removed ? null : expected.Override },
                seen with { Record = null }
            );
        }
    }

    [Fact]
    public void Instances_of_a_service_share_its_name_from_answer_to_answer()
    {
        Fill();
        var reader = new V1Reader();
        ServiceName[] names =
        [
            .. reader.ReadUpdate(Document()).Instances.Concat(reader.ReadUpdate(Document()).Instances).Select(i => i.Service).Where(s => s.Text == "ORDERS"),
        ];
        Assert.InRange(names.Length, 2, 100);
        Assert.Single(names.Distinct(ReferenceEqualityComparer.Instance));
    }

    [Fact]
    public void Every_cut_of_an_answer_is_refused()
    {
        Fill();
        foreach (byte[] answer in (byte[][])[Document(), Changes()])
        {
            byte[] line = [.. answer.AsSpan().TrimEnd((byte)'\n')];
            for (int length = 0; length < line.Length; length++)
            {
                byte[] cut = line[..length];
                Assert.ThrowsAny<JsonException>(() => new V1Reader().ReadUpdate(cut));
            }
        }
    }

    [Fact]
    public void Every_flip_of_an_answer_is_refused_or_is_another_answer()
    {
        Fill();
        foreach (byte[] answer in (byte[][])[Document(), Changes()])
        {
            for (int at = 0; at < answer.Length; at++)
            {
                foreach (byte flip in (byte[])[0x01, 0x20, 0x80, 0xFF])
                {
                    byte[] bad = [.. answer];
                    bad[at] ^= flip;
                    AssertReadOrRefused(() => new V1Reader().ReadUpdate(bad));
                }
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"kind\":\"snapshot\"}")]
    [InlineData("{\"kind\":\"else\",\"version\":\"1-1\"}")]
    [InlineData("{\"kind\":\"snapshot\",\"version\":\"1\"}")]
    [InlineData("{\"kind\":\"snapshot\",\"version\":\"1-1\",\"services\":{}}")]
    [InlineData("{\"kind\":\"snapshot\",\"version\":\"1-1\",\"services\":[{\"instances\":[{}]}]}")]
    [InlineData("{\"kind\":\"snapshot\",\"version\":\"1-1\",\"services\":[{\"service\":\"A\",\"instances\":[{\"id\":\"i\"}]}]}")]
    [InlineData("{\"kind\":\"changes\",\"version\":\"1-1\",\"changes\":[1]}")]
    [InlineData("{\"kind\":\"changes\",\"version\":\"1-1\",\"changes\":[{\"kind\":\"else\"}]}")]
    [InlineData("{\"kind\":\"changes\",\"version\":\"1-1\",\"changes\":[{\"number\":-1}]}")]
    [InlineData("{\"kind\":\"changes\",\"version\":\"1-1\",\"changes\":[{\"record\":{\"id\":\"i\",\"address\":\"a\"}}]}")]
    [InlineData("{\"kind\":\"changes\",\"version\":\"1-1\",\"changes\":[{\"revision\":\"1.2\"}]}")]
    public void An_answer_that_no_registry_gives_is_refused(string answer) =>
        Assert.ThrowsAny<JsonException>(() => new V1Reader().ReadUpdate(Encoding.UTF8.GetBytes(answer)));

    [Fact]
    public void Members_that_are_not_known_are_skipped()
    {
        const string answer = """
            {"new":{"a":[1,{}]},"kind":"changes","version":"1-7","changes":[{"new":[],"version":7,"kind":"removed","cause":"expired",
            "source":"registry","atMs":5,"service":"A","id":"i","number":3,"revision":"1.2.3"}],"newer":null}
            """;
        InstanceChange change = Assert.Single(new V1Reader().ReadUpdate(Encoding.UTF8.GetBytes(answer)).Changes);
        Assert.Equal((7ul, 3u, ChangeKind.Removed, ChangeCause.Expired), (change.Version, change.Number, change.Kind, change.Cause));
    }

    [Fact]
    public void Every_word_means_one_thing()
    {
        AssertWords<ChangeKind>(V1Words.Of);
        AssertWords<ChangeCause>(V1Words.Of);
        AssertWords<WriteSource>(V1Words.Of);
        AssertWords<UpdateKind>(V1Words.Of);
        AssertWords<RenewOutcome>(V1Words.Of);
        AssertWords<InstanceStatus>(V1Words.Of);
        string[] codes = [.. Enum.GetValues<V1Error>().Select(V1Errors.Code)];
        Assert.Equal(codes.Distinct(), codes);
        Assert.All(Enum.GetValues<RegistryErrorCode>(), code => Assert.Equal(code, V1Errors.OfCore((V1Error)code)));
    }

    private static void AssertWords<T>(Func<T, string> wordOf)
        where T : struct, Enum =>
        Assert.All(
            Enum.GetValues<T>(),
            value =>
            {
                Assert.True(V1Words.TryFind(wordOf(value), wordOf, out T found));
                Assert.Equal(value, found);
            }
        );

    private static void AssertReadOrRefused(Action read)
    {
        try
        {
            read();
        }
        catch (JsonException)
        {
            // The only thing it may throw.
        }
    }

    private void Fill()
    {
        _under.Register(RegistrationBuilder.Full("orders", "i-1"));
        _under.Register(RegistrationBuilder.Of("orders", "i \"2\"\\ü😀") with { Vips = "", Port = 1, PortEnabled = false, Weight = 0 });
        _under.SetStatus("orders", "i-1", InstanceStatus.OutOfService);
        _under.SetMetadata("orders", "i-1", ("tab", "\t"), ("ü", ""));
        _under.Register(RegistrationBuilder.Of("größe", "i-3") with { Status = InstanceStatus.Starting, PortEnabled = false, Port = 0 });
        _under.Register(RegistrationBuilder.Of("gone", "i-4"));
        _under.Cancel("gone", "i-4");
        _under.ClearStatus("orders", "i-1");
        _under.SetStatus("orders", "i-1", InstanceStatus.Down);
    }

    private byte[] Document()
    {
        RegistryService registry = _under.Registry;
        EncodedDocument document = new EncodedSnapshotCache<V1Encoder>(registry, new V1Encoder(registry.BootEpoch)).Full(
            registry.ReadSnapshot(),
            DocumentCoding.Plain
        );
        var bytes = new List<byte>();
        foreach (ReadOnlyMemory<byte> segment in document)
        {
            bytes.AddRange(segment.Span);
        }

        return [.. bytes];
    }

    private byte[] Changes()
    {
        var output = new ArrayBufferWriter<byte>();
        V1ChangeEncoder.WriteHead(output, new RegistryVersion(_under.Registry.BootEpoch, _under.Version));
        var changes = new ArrayBufferWriter<byte>();
        foreach (Change change in _under.Registry.ReadDelta(0).Changes)
        {
            new V1ChangeEncoder().WriteChange(changes, change);
        }

        output.Write(changes.WrittenSpan[1..]);
        output.Write(V1ChangeEncoder.Tail.Span);
        return output.WrittenSpan.ToArray();
    }
}
