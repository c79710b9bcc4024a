using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Transports.Wire.Records;

/// <summary>An instance as it travels, but for its service, number and version, which stand before it. The layout is in WIRE.md.</summary>
/// <remarks>
/// <para>
/// Shape: what is absent is left out and named by a bit; times are differences to the record's own; each text behind the id says how
/// many bytes it repeats of the one before it, because a host begins like the id and one page like the other. It refers to nothing
/// outside itself.
/// </para>
/// <para>Source: front coding, as in sorted dictionaries. A Spring instance with 450 bytes of text takes about 250.</para>
/// </remarks>
internal static class InstanceRecord
{
    private const int LastChangeShift = 2;
    private const int OverrideShift = 3;
    private const int TextShift = 4; // bit of the first text that may be absent
    private const int OwnStatusShift = 12;
    private const int OwnStatusBits = 3;

    private const InstanceText FirstOptional = InstanceText.Vips;
    private const InstanceText LastText = InstanceText.Region;

    // http://, a colon, a port and a slash.
    private const int OriginExtra = 14;

    /// <summary>Writes the record of an instance.</summary>
    public static void Write(IBufferWriter<byte> output, Instance instance)
    {
        long at = instance.UpdatedAtMs;
        output.WriteNumber(BitsOf(instance));
        output.WriteNumber((ulong)at);
        output.WriteSigned(at - instance.RegisteredAtMs);
        output.WriteSigned(at - instance.ServiceUpAtMs);
        output.WriteSigned(unchecked(at - instance.ClientStamp));
        RevisionRecord.Write(output, instance.Revision, at);
        output.WriteNumber((ulong)instance.LeaseDuration.TotalMilliseconds);
        output.WriteNumber((ulong)instance.RenewalInterval.TotalMilliseconds);
        output.WriteNumber((ulong)instance.Port);
        output.WriteNumber((ulong)instance.SecurePort);
        output.WriteNumber((ulong)instance.Weight);
        if (instance.Override is { } overriding)
        {
            OverrideRecord.Write(output, overriding, instance.Revision, at);
        }

        WriteTexts(output, instance);
        WritePairs(output, instance.Metadata);
        WritePairs(output, instance.Attributes);
    }

    /// <summary>Reads what <see cref="Write"/> wrote; what it returns is meaningless if the reader failed.</summary>
    public static Instance Read(ref PayloadReader reader, ServiceName service, uint number, ulong version) =>
        Read(ref reader, service, number, version, out _);

    /// <summary>The same, and as what its owner would have said.</summary>
    public static Instance Read(ref PayloadReader reader, ServiceName service, uint number, ulong version, out Registration said)
    {
        ulong bits = reader.Number();
        if (bits >> (OwnStatusShift + OwnStatusBits) != 0)
        {
            reader.Fail();
        }

        long at = (long)reader.Number();
        long registeredAt = at - reader.Signed();
        long serviceUpAt = at - reader.Signed();
        long stamp = unchecked(at - reader.Signed());
        Revision revision = RevisionRecord.Read(ref reader, at);
        var lease = TimeSpan.FromMilliseconds(reader.Number32());
        var interval = TimeSpan.FromMilliseconds(reader.Number32());
        int port = reader.Port();
        int securePort = reader.Port();
        int weight = reader.Port();
        StatusOverride? overriding = Has(bits, OverrideShift) ? OverrideRecord.Read(ref reader, revision, at) : null;
        ReadOnlySpan<byte> id = reader.Utf8();
        byte[] host = reader.Rest(id);
        byte[] address = reader.Rest(host);
        string?[] texts = ReadTexts(ref reader, bits, host, address, port);
        said = new Registration
        {
            Service = service.Text,
            Id = reader.Decode(id),
            HostName = reader.Decode(host),
            Address = reader.Decode(address),
            Vips = texts[0],
            SecureVips = texts[1],
            HomePageUrl = texts[2],
            StatusPageUrl = texts[3],
            HealthCheckUrl = texts[4],
            SecureHealthCheckUrl = texts[5],
            Zone = texts[6],
            Region = texts[7],
            Port = port,
            PortEnabled = Has(bits, 0),
            SecurePort = securePort,
            SecurePortEnabled = Has(bits, 1),
            Weight = weight,
            Status = reader.Status((byte)(bits >> OwnStatusShift)),
            LeaseDuration = lease,
            RenewalInterval = interval,
            ClientStamp = stamp,
            Metadata = reader.Pairs(),
            Attributes = reader.Pairs(),
        };
        ChangeKind lastChange = Has(bits, LastChangeShift) ? ChangeKind.Modified : ChangeKind.Added;
        var facts = new InstanceFacts(number, version, revision, overriding, registeredAt, serviceUpAt, at, lastChange);
        return Instance.Restore(service, said, facts);
    }

    private static ulong BitsOf(Instance instance)
    {
        ulong bits = instance.PortEnabled ? 1UL : 0;
        bits |= instance.SecurePortEnabled ? 2UL : 0;
        bits |= instance.LastChange == ChangeKind.Modified ? 1UL << LastChangeShift : 0;
        bits |= instance.Override is null ? 0 : 1UL << OverrideShift;
        for (InstanceText field = FirstOptional; field <= LastText; field++)
        {
            bits |= instance.TryGetUtf8(field, out _) ? 1UL << BitOf(field) : 0;
        }

        return bits | ((ulong)instance.OwnStatus << OwnStatusShift);
    }

    private static void WriteTexts(IBufferWriter<byte> output, Instance instance)
    {
        ReadOnlySpan<byte> host = instance.Utf8(InstanceText.HostName);
        ReadOnlySpan<byte> address = instance.Utf8(InstanceText.Address);
        output.WriteUtf8(instance.IdUtf8);
        WriteRest(output, host, instance.IdUtf8);
        WriteRest(output, address, host);
        ReadOnlySpan<byte> before = address;
        for (InstanceText field = FirstOptional; field <= LastText; field++)
        {
            if (field == InstanceText.HomePageUrl)
            {
                before = Origin(host, instance.Port);
            }

            if (instance.TryGetUtf8(field, out ReadOnlySpan<byte> text))
            {
                WriteRest(output, text, before);
                before = text;
            }
        }
    }

    private static string?[] ReadTexts(ref PayloadReader reader, ulong bits, byte[] host, byte[] address, int port)
    {
        string?[] texts = new string?[LastText - FirstOptional + 1];
        byte[] before = address;
        for (InstanceText field = FirstOptional; field <= LastText; field++)
        {
            if (field == InstanceText.HomePageUrl)
            {
                before = Origin(host, port);
            }

            if (Has(bits, BitOf(field)))
            {
                before = reader.Rest(before);
                texts[field - FirstOptional] = reader.Decode(before);
            }
        }

        return texts;
    }

    private static void WriteRest(IBufferWriter<byte> output, ReadOnlySpan<byte> text, ReadOnlySpan<byte> before)
    {
        int repeated = text.CommonPrefixLength(before);
        output.WriteNumber((ulong)repeated);
        output.WriteUtf8(text[repeated..]);
    }

    private static void WritePairs(IBufferWriter<byte> output, TextPairs pairs)
    {
        output.WriteNumber((ulong)pairs.Count);
        foreach (TextPair pair in pairs)
        {
            output.WriteUtf8(pair.Key);
            output.WriteUtf8(pair.Value);
        }
    }

    // What the first page usually begins with.
    private static byte[] Origin(ReadOnlySpan<byte> host, int port)
    {
        byte[] origin = new byte[host.Length + OriginExtra];
        "http://"u8.CopyTo(origin);
        host.CopyTo(origin.AsSpan(7));
        origin[7 + host.Length] = (byte)':';
        Utf8Formatter.TryFormat(port, origin.AsSpan(8 + host.Length), out int digits);
        origin[8 + host.Length + digits] = (byte)'/';
        return origin[..(9 + host.Length + digits)];
    }

    private static int BitOf(InstanceText field) => TextShift + (field - FirstOptional);

    private static bool Has(ulong bits, int bit) => (bits >> bit & 1) != 0;
}
