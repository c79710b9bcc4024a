using System.Buffers;
using Rollcall.Core;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Transports.Wire.Frames;
using Rollcall.Transports.Wire.Records;

namespace Rollcall.Transports.Wire.Links;

/// <summary>A service and an id, as callers have them.</summary>
internal readonly record struct KeyText(string Service, string Id);

/// <summary>A renewal by key.</summary>
internal readonly record struct RenewalByKey(KeyText Key, long? Stamp);

/// <summary>Renewals of one frame.</summary>
/// <param name="Handles">The handles.</param>
/// <param name="Unknown">Receives the positions of those that are unknown; as long.</param>
/// <param name="First">Position of the first of them among all that the caller gave.</param>
internal readonly record struct RenewalsOfFrame(ReadOnlyMemory<LeaseHandle> Handles, Memory<int> Unknown, int First);

/// <summary>A status to set.</summary>
internal readonly record struct StatusToSet(KeyText Key, InstanceStatus Status);

/// <summary>Pairs to merge.</summary>
internal readonly record struct PairsToSet(KeyText Key, IReadOnlyList<KeyValuePair<string, string>> Pairs);

/// <summary>Nothing to say.</summary>
internal readonly record struct Nothing;

/// <summary>Every operation of a link, as it looks on the wire.</summary>
internal static class Requests
{
    private static readonly Func<RegistryError, WriteResult> s_notWritten = static error => new WriteResult(error, 0);

    public static readonly Operation<HelloRequest, HelloAnswer> Hello = new(
        Opcode.Hello,
        static (output, in hello) => hello.Write(output),
        static (ref reader, in _, _) => HelloAnswer.Read(ref reader)
    );

    public static readonly Operation<Nothing, bool> Ping = new(
        Opcode.Ping,
        static (_, in _) => { },
        static (ref _, in _, _) => true
    );

    public static readonly Operation<Registration, RegisterResult> Register = new(
        Opcode.Register,
        static (output, in registration) => RegistrationRecord.Write(output, registration),
        static (ref reader, in _, _) => new RegisterResult(null, new LeaseHandle(reader.Fixed64()), reader.Number(), reader.Byte() != 0),
        static error => new RegisterResult(error, default, 0, false)
    );

    public static readonly Operation<LeaseHandle, bool> Renew = new(
        Opcode.Renew,
        static (output, in handle) => output.WriteFixed64(handle.Value),
        static (ref _, in _, _) => true,
        static _ => false
    );

    public static readonly Operation<RenewalsOfFrame, int> RenewMany = new(
        Opcode.RenewMany,
        static (output, in renewals) =>
        {
            foreach (LeaseHandle handle in renewals.Handles.Span)
            {
                output.WriteFixed64(handle.Value);
            }
        },
        static (ref reader, in renewals, _) => ReadUnknown(ref reader, renewals)
    );

    public static readonly Operation<RenewalByKey, RenewOutcome> RenewByKey = new(
        Opcode.RenewByKey,
        static (output, in renewal) =>
        {
            WriteKey(output, renewal.Key);
            output.WriteByte(renewal.Stamp is null ? (byte)0 : (byte)1);
            if (renewal.Stamp is { } stamp)
            {
                output.WriteSigned(stamp);
            }
        },
        static (ref reader, in _, _) => ReadOutcome(ref reader)
    );

    public static readonly Operation<KeyText, WriteResult> Cancel = new(Opcode.Cancel, WriteKey, ReadWritten, s_notWritten);

    public static readonly Operation<StatusToSet, WriteResult> SetStatus = new(
        Opcode.SetStatus,
        static (output, in set) =>
        {
            WriteKey(output, set.Key);
            output.WriteByte((byte)set.Status);
        },
        ReadWritten,
        s_notWritten
    );

    public static readonly Operation<KeyText, WriteResult> ClearStatus = new(Opcode.ClearStatus, WriteKey, ReadWritten, s_notWritten);

    public static readonly Operation<PairsToSet, WriteResult> SetMetadata = new(
        Opcode.SetMetadata,
        static (output, in set) =>
        {
            WriteKey(output, set.Key);
            output.WritePairs(set.Pairs);
        },
        ReadWritten,
        s_notWritten
    );

    public static readonly Operation<KeyText, Instance?> Find = new(
        Opcode.Find,
        WriteKey,
        static (ref reader, in _, lane) =>
            reader.Left == 0
                ? null
                : InstanceRecord.Read(ref reader, lane.Services.Read(ref reader), reader.Number32(), reader.Number())
    );

    public static readonly Operation<InstanceFilter, RegistryUpdate> ReadSnapshot = new(
        Opcode.ReadSnapshot,
        static (output, in filter) => output.WriteFilter(filter),
        static (ref reader, in _, lane) => UpdateRecord.Read(ref reader, lane.Epoch, lane.Services)
    );

    public static readonly Operation<RegistryVersion, DeltaRead> ReadDelta = new(
        Opcode.ReadDelta,
        static (output, in since) => WriteVersion(output, since),
        static (ref reader, in _, lane) => new DeltaRead(null, UpdateRecord.Read(ref reader, lane.Epoch, lane.Services)),
        static error => new DeltaRead(error, null)
    );

    public static readonly Operation<string, AcknowledgedVersion> ReadAcknowledged = new(
        Opcode.ReadAcknowledged,
        static (output, in service) => output.WriteText(service),
        static (ref reader, in _, lane) => new AcknowledgedVersion(new RegistryVersion(lane.Epoch, reader.Number()), (int)reader.Number32())
    );

    /// <summary>A version as it is asked for: of this boot or of another.</summary>
    public static void WriteVersion(IBufferWriter<byte> output, RegistryVersion version)
    {
        output.WriteFixed64(version.Epoch);
        output.WriteNumber(version.Number);
    }

    private static void WriteKey(IBufferWriter<byte> output, in KeyText key)
    {
        output.WriteText(key.Service);
        output.WriteText(key.Id);
    }

    private static WriteResult ReadWritten<TRequest>(ref PayloadReader reader, in TRequest request, ClientLane lane) => new(null, reader.Number());

    private static RenewOutcome ReadOutcome(ref PayloadReader reader)
    {
        var outcome = (RenewOutcome)reader.Byte();
        if (outcome > RenewOutcome.Older)
        {
            reader.Fail();
        }

        return outcome;
    }

    private static int ReadUnknown(ref PayloadReader reader, in RenewalsOfFrame renewals)
    {
        Span<int> unknown = renewals.Unknown.Span;
        int count = 0;
        for (ulong next = 0; reader.Left > 0; next++)
        {
            next += reader.Number();
            if (next >= (ulong)renewals.Handles.Length)
            {
                reader.Fail();
                break;
            }

            unknown[count++] = renewals.First + (int)next;
        }

        return count;
    }
}
