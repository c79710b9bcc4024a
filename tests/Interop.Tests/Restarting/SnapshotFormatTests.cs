using System.Text.RegularExpressions;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Server.Data;
using Rollcall.Testing.Support;

namespace Rollcall.Interop.Tests.Restarting;

/// <summary>The bytes of a snapshot: whole they come back, and nothing else does.</summary>
public sealed partial class SnapshotFormatTests
{
    private const int LargeCount = 2_000; // several blocks

    [Fact]
    public void What_was_written_comes_back()
    {
        SteppedRegistry written = Filled(LargeCount);
        RegistryImage image = written.Registry.ReadImage(written.Registry.Now);
        RegistryImage read = SnapshotFormat.Read(new MemoryStream(Write(image)));

        Assert.Equal(image with { States = [] }, read with { States = [] });
        var restored = new SteppedRegistry();
        Assert.Null(restored.Registry.Restore(read, restored.Registry.Now).Error);
        Assert.Equal(LargeCount, restored.Registry.ReadSnapshot().Count);
        Assert.Equal(Content(written), Content(restored));
    }

    [Fact]
    public void Cut_anywhere_it_is_refused()
    {
        byte[] whole = Write(Small());
        for (int length = 0; length < whole.Length; length++)
        {
            RefusesAsDamaged(whole[..length], $"the first {length} of {whole.Length} bytes");
        }
    }

    [Fact]
    public void With_any_bit_flipped_it_is_refused()
    {
        byte[] bytes = Write(Small());
        for (int bit = 0; bit < 8 * bytes.Length; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            RefusesAsDamaged(bytes, $"bit {bit} flipped");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void With_something_behind_it_it_is_refused() => RefusesAsDamaged([.. Write(Small()), 0], "a byte more");

    [Fact]
    public void Of_another_format_it_is_refused_and_says_which()
    {
        byte[] bytes = Write(Small());
        bytes[8]++;
        SnapshotRefusedException refused = Assert.Throws<SnapshotRefusedException>(() => SnapshotFormat.Read(new MemoryStream(bytes)));
        Assert.Equal("it is of format 2, this server reads format 1", refused.Message);
    }

    [Fact]
    public void Packed_as_this_machine_cannot_unpack_it_is_refused_and_says_so()
    {
        byte[] bytes = Resealed(Write(Small()), "lz4"u8, "xz9"u8);
        SnapshotRefusedException refused = Assert.Throws<SnapshotRefusedException>(() => SnapshotFormat.Read(new MemoryStream(bytes)));
        Assert.Contains("packed as 'xz9'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_registry_is_a_snapshot_too()
    {
        var registry = new SteppedRegistry();
        RegistryImage read = SnapshotFormat.Read(new MemoryStream(Write(registry.Registry.ReadImage(registry.Registry.Now))));
        Assert.Empty(read.States);
    }

    private static void RefusesAsDamaged(byte[] bytes, string what)
    {
        try
        {
            SnapshotFormat.Read(new MemoryStream(bytes));
        }
        catch (SnapshotRefusedException)
        {
            return;
        }

        Assert.Fail($"{what}: it was not refused");
    }

    private static RegistryImage Small()
    {
        SteppedRegistry registry = Filled(3);
        return registry.Registry.ReadImage(registry.Registry.Now);
    }

    private static SteppedRegistry Filled(int count)
    {
        var registry = new SteppedRegistry();
        for (int i = 0; i < count; i++)
        {
            registry.Register(RegistrationBuilder.Full($"service-{i % 7}", $"i-{i}"));
        }

        registry.SetStatus("service-1", "i-1", InstanceStatus.OutOfService);
        return registry;
    }

    private static byte[] Write(RegistryImage image)
    {
        var file = new MemoryStream();
        SnapshotFormat.Write(file, image);
        return file.ToArray();
    }

    /// <summary>With a text in the head replaced by one as long, and a checksum that fits again.</summary>
    private static byte[] Resealed(byte[] bytes, ReadOnlySpan<byte> text, ReadOnlySpan<byte> by)
    {
        by.CopyTo(bytes.AsSpan(bytes.AsSpan().IndexOf(text)));
        System.Security.Cryptography.SHA256.HashData(bytes.AsSpan(0, bytes.Length - 32)).CopyTo(bytes.AsSpan(bytes.Length - 32));
        return bytes;
    }

    // All that readers see, but for what is of one boot: version and how it came to be.
    private static string[] Content(SteppedRegistry registry) =>
        [.. registry.Registry.ReadSnapshot().Instances().Select(instance => OfOneBoot().Replace(Portrait.Of(instance), ""))];

    [GeneratedRegex("version=[^;]*;last=[^;]*;")]
    private static partial Regex OfOneBoot();
}
