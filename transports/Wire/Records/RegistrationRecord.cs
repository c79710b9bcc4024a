using System.Buffers;
using Rollcall.Core.Model;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Transports.Wire.Records;

/// <summary>What an owner registers, as it travels. The layout is in WIRE.md. Limits are the registry's: it says what is wrong.</summary>
internal static class RegistrationRecord
{
    [Flags]
    private enum Present : ulong
    {
        PortEnabled = 1 << 0,
        SecurePortEnabled = 1 << 1,
        Vips = 1 << 2,
        SecureVips = 1 << 3,
        HomePage = 1 << 4,
        StatusPage = 1 << 5,
        HealthCheck = 1 << 6,
        SecureHealthCheck = 1 << 7,
        Zone = 1 << 8,
        Region = 1 << 9,
        Override = 1 << 10,
        Lease = 1 << 11,
        Interval = 1 << 12,
        Stamp = 1 << 13,
        ServiceUpAt = 1 << 14,
        Known = (1 << 15) - 1,
    }

    /// <summary>Writes a registration.</summary>
    public static void Write(IBufferWriter<byte> output, Registration registration)
    {
        output.WriteText(registration.Service);
        output.WriteText(registration.Id);
        output.WriteText(registration.HostName);
        output.WriteText(registration.Address);
        output.WriteNumber((ulong)PresentIn(registration));
        output.WriteSigned(registration.Port);
        output.WriteSigned(registration.SecurePort);
        output.WriteSigned(registration.Weight);
        output.WriteByte((byte)registration.Status);
        foreach (string? text in TextsOf(registration))
        {
            if (text is not null)
            {
                output.WriteText(text);
            }
        }

        if (registration.Override is { } overriding)
        {
            output.WriteByte((byte)overriding);
        }

        WriteIfThere(output, MsOf(registration.LeaseDuration));
        WriteIfThere(output, MsOf(registration.RenewalInterval));
        WriteIfThere(output, registration.ClientStamp);
        WriteIfThere(output, registration.ServiceUpAtMs);
        output.WritePairs(registration.Metadata);
        output.WritePairs(registration.Attributes);
    }

    /// <summary>Reads what <see cref="Write"/> wrote; what it returns is meaningless if the reader failed.</summary>
    public static Registration Read(ref PayloadReader reader)
    {
        string service = reader.Text();
        string id = reader.Text();
        string host = reader.Text();
        string address = reader.Text();
        var present = (Present)reader.Number();
        if ((present & ~Present.Known) != 0)
        {
            reader.Fail();
        }

        // In the order of the bytes: initializers run as they are written.
        return new Registration
        {
            Service = service,
            Id = id,
            HostName = host,
            Address = address,
            PortEnabled = present.HasFlag(Present.PortEnabled),
            SecurePortEnabled = present.HasFlag(Present.SecurePortEnabled),
            Port = reader.Signed32(),
            SecurePort = reader.Signed32(),
            Weight = reader.Signed32(),
            Status = (InstanceStatus)reader.Byte(),
            Vips = present.HasFlag(Present.Vips) ? reader.Text() : null,
            SecureVips = present.HasFlag(Present.SecureVips) ? reader.Text() : null,
            HomePageUrl = present.HasFlag(Present.HomePage) ? reader.Text() : null,
            StatusPageUrl = present.HasFlag(Present.StatusPage) ? reader.Text() : null,
            HealthCheckUrl = present.HasFlag(Present.HealthCheck) ? reader.Text() : null,
            SecureHealthCheckUrl = present.HasFlag(Present.SecureHealthCheck) ? reader.Text() : null,
            Zone = present.HasFlag(Present.Zone) ? reader.Text() : null,
            Region = present.HasFlag(Present.Region) ? reader.Text() : null,
            Override = present.HasFlag(Present.Override) ? (InstanceStatus)reader.Byte() : null,
            LeaseDuration = present.HasFlag(Present.Lease) ? SpanOf(reader.Signed()) : null,
            RenewalInterval = present.HasFlag(Present.Interval) ? SpanOf(reader.Signed()) : null,
            ClientStamp = present.HasFlag(Present.Stamp) ? reader.Signed() : null,
            ServiceUpAtMs = present.HasFlag(Present.ServiceUpAt) ? reader.Signed() : null,
            Metadata = reader.Pairs(),
            Attributes = reader.Pairs(),
        };
    }

    private static Present PresentIn(Registration registration)
    {
        var present = default(Present);
        Add(registration.PortEnabled, Present.PortEnabled);
        Add(registration.SecurePortEnabled, Present.SecurePortEnabled);
        Present bit = Present.Vips;
        foreach (string? text in TextsOf(registration))
        {
            Add(text is not null, bit);
            bit = (Present)((ulong)bit << 1);
        }

        Add(registration.Override is not null, Present.Override);
        Add(registration.LeaseDuration is not null, Present.Lease);
        Add(registration.RenewalInterval is not null, Present.Interval);
        Add(registration.ClientStamp is not null, Present.Stamp);
        Add(registration.ServiceUpAtMs is not null, Present.ServiceUpAt);
        return present;

        void Add(bool there, Present what) => present |= there ? what : 0;
    }

    // In the order of their bits.
    private static string?[] TextsOf(Registration registration) =>
        [
            registration.Vips,
            registration.SecureVips,
            registration.HomePageUrl,
            registration.StatusPageUrl,
            registration.HealthCheckUrl,
            registration.SecureHealthCheckUrl,
            registration.Zone,
            registration.Region,
        ];

    private static void WriteIfThere(IBufferWriter<byte> output, long? value)
    {
        if (value is { } there)
        {
            output.WriteSigned(there);
        }
    }

    // Up to the next millisecond, as the registry keeps them.
    private static long? MsOf(TimeSpan? span) => span is { } there ? (long)Math.Ceiling(there.TotalMilliseconds) : null;

    private static TimeSpan SpanOf(long ms) =>
        TimeSpan.FromTicks(Math.Clamp(ms, long.MinValue / TimeSpan.TicksPerMillisecond, long.MaxValue / TimeSpan.TicksPerMillisecond) * TimeSpan.TicksPerMillisecond);
}
