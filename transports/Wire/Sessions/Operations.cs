using System.Buffers;
using System.Text;
using Rollcall.Core;
using Rollcall.Core.Access;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Transports.Wire.Compression;
using Rollcall.Transports.Wire.Frames;
using Rollcall.Transports.Wire.Records;

namespace Rollcall.Transports.Wire.Sessions;

/// <summary>What the frames of one session ask for.</summary>
/// <remarks>
/// <para>Owner: the session's loop.</para>
/// <para>
/// Errors: what the registry refuses, and what the client may not do, is answered and the session goes on; what breaks the protocol
/// is answered with the last frame of the session.
/// </para>
/// </remarks>
internal sealed class Operations(WireServer server, LanePeer peer, FrameOutput output, Outflow outflow)
{
    private readonly RegistryService _registry = server.Registry;
    private Principal? _principal; // null until hello
    private RenewalRight _renewalRight;

    /// <summary>True if the session is to end: its last frame is written.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>True if it is a peer: behind its hello, which is answered, the session has nothing to do with the lane any more.</summary>
    public bool IsPeer { get; private set; }

    /// <summary>True once the client has said who it is.</summary>
    public bool IsGreeted => _principal is not null;

    /// <summary>True if requests behind the last one must wait until a read is sent.</summary>
    public bool HasTooManyReads => outflow.Reads >= server.Options.ReadsPerSessionMax;

    /// <summary>Longest payload that is read.</summary>
    public int FrameBytesMax => IsGreeted ? server.Options.FrameBytesMax : server.Options.HelloBytesMax;

    /// <summary>True if a frame is a renewal by handle, well formed and permitted.</summary>
    public bool IsRenewal(in FrameHeader header) =>
        header.Opcode == Opcode.Renew && header.Length == sizeof(ulong) && header.Flags == FrameFlags.None && _renewalRight.ByHandle;

    /// <summary>Carries out a frame and writes its answer, or has it sent bit by bit.</summary>
    public void CarryOut(in FrameHeader header, ReadOnlySpan<byte> payload, MonotonicTime now, SessionScratch scratch)
    {
        if (header.Flags != FrameFlags.None)
        {
            Refuse(header, WireErrorCode.UnknownFlags, $"Flags 0x{(byte)header.Flags:x2} have no meaning in a request.");
            return;
        }

        if (header.Opcode == Opcode.Hello ? IsGreeted : !IsGreeted)
        {
            End(header.Correlation, WireErrorCode.HelloExpected, "A lane begins with one hello, and has no other.");
            return;
        }

        var reader = new PayloadReader(payload);
        scratch.Payload.ResetWrittenCount();
        switch (header.Opcode)
        {
            case Opcode.Hello:
                Greet(header, payload, scratch.Payload);
                break;
            case Opcode.Ping:
                if (IsWhole(header, reader))
                {
                    output.Empty(Opcode.Ping, header.Correlation);
                }

                break;
            case Opcode.Register:
                Register(header, ref reader, now, scratch.Payload);
                break;
            case Opcode.Renew:
                RefuseRenewal(header, ref reader);
                break;
            case Opcode.RenewByKey:
                RenewByKey(header, ref reader, now);
                break;
            case Opcode.RenewMany:
                RenewMany(header, payload, now, scratch);
                break;
            case Opcode.Cancel:
            case Opcode.SetStatus:
            case Opcode.ClearStatus:
            case Opcode.SetMetadata:
                Write(header, ref reader, now);
                break;
            case Opcode.Find:
                Find(header, ref reader, scratch.Payload);
                break;
            case Opcode.ReadSnapshot:
                ReadSnapshot(header, ref reader);
                break;
            case Opcode.ReadDelta:
                ReadDelta(header, ref reader, scratch);
                break;
            case Opcode.ReadAcknowledged:
                ReadAcknowledged(header, ref reader, scratch.Payload);
                break;
            case Opcode.Watch:
                Watch(header, ref reader);
                break;
            case Opcode.Acknowledge:
                Acknowledge(header, ref reader);
                break;
            case Opcode.Unwatch:
                if (IsWhole(header, reader))
                {
                    outflow.Unwatch(header.Correlation);
                    output.Empty(Opcode.Unwatch, header.Correlation);
                }

                break;
            default:
                Refuse(header, WireErrorCode.UnknownOpcode, $"Operation 0x{(byte)header.Opcode:x2} is not known here.");
                break;
        }
    }

    /// <summary>A frame is too long to be read on.</summary>
    public void EndOverLimit(in FrameHeader header)
    {
        string problem = IsGreeted
            ? $"A payload of {header.Length} bytes is over {FrameBytesMax} bytes (WireOptions.FrameBytesMax)."
            : $"A payload of {header.Length} bytes is over {FrameBytesMax} bytes (WireOptions.HelloBytesMax): a lane begins with a hello.";
        End(header.Correlation, WireErrorCode.OverLimit, problem);
    }

    /// <summary>Writes the session's last frame.</summary>
    public void End(uint correlation, WireErrorCode code, string message)
    {
        if (!HasEnded)
        {
            HasEnded = true;
            Log.Ended(server.Logger, peer.Transport, peer.Remote, code, message);
            output.Error(correlation, code, message, last: true);
        }
    }

    private void Greet(in FrameHeader header, ReadOnlySpan<byte> payload, ArrayBufferWriter<byte> answer)
    {
        if (!HelloRequest.TryRead(payload, out HelloRequest hello))
        {
            Malformed(header);
            return;
        }

        if (hello.Major != WireVersion.Major)
        {
            string problem = $"Version {hello.Major} of the protocol is not spoken here, {WireVersion.Major} is.";
            End(header.Correlation, WireErrorCode.UnsupportedVersion, problem);
            return;
        }

        if (Greeting.Who(hello, peer, server.Access) is not { } principal)
        {
            Refuse(header, hello, WireErrorCode.NotAuthenticated, Greeting.Unknown(hello.Kind));
            return;
        }

        if (hello.Role == LaneRole.Peer && RefusalOfPeer(principal) is { } refusal)
        {
            Refuse(header, hello, WireErrorCode.NotAllowed, refusal);
            return;
        }

        IsPeer = hello.Role == LaneRole.Peer;
        _principal = principal;
        _renewalRight = new RenewalRight(principal);
        outflow.Packing = Packings.Choose(hello.Packings);
        Greeting.Answer(_registry.BootEpoch, outflow.Packing, server.Options).Write(answer);
        output.Frame(Opcode.Hello, FrameFlags.Answer, header.Correlation, answer.WrittenSpan);
    }

    private void Refuse(in FrameHeader header, in HelloRequest hello, WireErrorCode code, string why)
    {
        if (hello.Role == LaneRole.Peer)
        {
            server.Registry.Cluster?.TurnedAway?.Invoke($"{peer.Transport}://{peer.Remote}", why);
        }

        End(header.Correlation, code, why);
    }

    private string? RefusalOfPeer(Principal principal) =>
        principal.Refuse(RegistryOperation.Replicate)?.Message
        ?? (server.Peers is null ? "This node stands alone: it is in no cluster, and takes no peers." : null);

    private void Register(in FrameHeader header, ref PayloadReader reader, MonotonicTime now, ArrayBufferWriter<byte> answer)
    {
        Registration registration = RegistrationRecord.Read(ref reader);
        if (!IsWhole(header, reader) || !May(header, RegistryOperation.Register, registration.Service))
        {
            return;
        }

        RegisterResult result = _registry.Register(registration, now);
        if (result.Error is not null)
        {
            output.Refused(header.Correlation, result.Error);
            return;
        }

        answer.WriteFixed64(result.Handle.Value);
        answer.WriteNumber(result.Version);
        answer.WriteByte(result.Created ? (byte)1 : (byte)0);
        output.Frame(Opcode.Register, FrameFlags.Answer, header.Correlation, answer.WrittenSpan);
    }

    // One that is well formed and permitted does not come here: see IsRenewal.
    private void RefuseRenewal(in FrameHeader header, ref PayloadReader reader)
    {
        reader.Fixed64();
        if (IsWhole(header, reader))
        {
            May(header, RegistryOperation.Renew);
        }
    }

    private void RenewByKey(in FrameHeader header, ref PayloadReader reader, MonotonicTime now)
    {
        ReadOnlySpan<byte> service = reader.Utf8();
        ReadOnlySpan<byte> id = reader.Utf8();
        bool stamped = reader.Byte() == 1;
        long stamp = stamped ? reader.Signed() : 0;
        if (!IsWhole(header, reader))
        {
            return;
        }

        if (!_renewalRight.Allows(service) && !May(header, RegistryOperation.Renew, service))
        {
            return;
        }

        RenewResult result = _registry.Renew(new InstanceKey(service, id), stamped ? stamp : null, now);
        output.Byte(Opcode.RenewByKey, header.Correlation, (byte)result.Outcome);
    }

    private void RenewMany(in FrameHeader header, ReadOnlySpan<byte> payload, MonotonicTime now, SessionScratch scratch)
    {
        if (payload.Length % sizeof(ulong) != 0)
        {
            Malformed(header);
            return;
        }

        int handles = payload.Length / sizeof(ulong);
        if (handles > server.Options.HandlesPerFrameMax)
        {
            string problem = $"{handles} handles are over {server.Options.HandlesPerFrameMax} (WireOptions.HandlesPerFrameMax).";
            Refuse(header, WireErrorCode.OverLimit, problem);
        }
        else if (May(header, RegistryOperation.Renew))
        {
            scratch.Renewals.CarryOut(_registry, payload, now, scratch.Payload);
            output.Frame(Opcode.RenewMany, FrameFlags.Answer, header.Correlation, scratch.Payload.WrittenSpan);
        }
    }

    private void Write(in FrameHeader header, ref PayloadReader reader, MonotonicTime now)
    {
        ReadOnlySpan<byte> service = reader.Utf8();
        ReadOnlySpan<byte> id = reader.Utf8();
        var status = header.Opcode == Opcode.SetStatus ? (InstanceStatus)reader.Byte() : default;
        KeyValuePair<string, string>[] pairs = header.Opcode == Opcode.SetMetadata ? reader.Pairs() : [];
        RegistryOperation operation = header.Opcode switch
        {
            Opcode.Cancel => RegistryOperation.Cancel,
            Opcode.SetMetadata => RegistryOperation.SetMetadata,
            _ => RegistryOperation.SetStatus,
        };
        if (!IsWhole(header, reader) || !May(header, operation, service))
        {
            return;
        }

        var key = new InstanceKey(service, id);
        WriteResult result = header.Opcode switch
        {
            Opcode.Cancel => _registry.Cancel(key, now),
            Opcode.SetStatus => _registry.SetStatus(key, status, now),
            Opcode.ClearStatus => _registry.ClearStatus(key, now),
            _ => _registry.SetMetadata(key, pairs, now),
        };
        output.Written(header.Opcode, header.Correlation, result);
    }

    private void Find(in FrameHeader header, ref PayloadReader reader, ArrayBufferWriter<byte> answer)
    {
        ReadOnlySpan<byte> service = reader.Utf8();
        ReadOnlySpan<byte> id = reader.Utf8();
        if (!IsWhole(header, reader) || !May(header, RegistryOperation.Read))
        {
            return;
        }

        if (_registry.Find(new InstanceKey(service, id)) is { } instance)
        {
            answer.WriteUtf8(instance.Service.Utf8);
            answer.WriteNumber(instance.Number);
            answer.WriteNumber(instance.Version);
            InstanceRecord.Write(answer, instance);
        }

        output.Frame(Opcode.Find, FrameFlags.Answer, header.Correlation, answer.WrittenSpan);
    }

    private void ReadSnapshot(in FrameHeader header, ref PayloadReader reader)
    {
        if (TryReadFilter(header, ref reader, out InstanceFilter? filter) && IsWhole(header, reader) && MayReadWhole(header))
        {
            outflow.ReadSnapshot(header.Correlation, filter!);
        }
    }

    private void ReadDelta(in FrameHeader header, ref PayloadReader reader, SessionScratch scratch)
    {
        var since = new RegistryVersion(reader.Fixed64(), reader.Number());
        if (IsWhole(header, reader) && MayReadWhole(header))
        {
            outflow.ReadDelta(header.Correlation, since, scratch);
        }
    }

    private void ReadAcknowledged(in FrameHeader header, ref PayloadReader reader, ArrayBufferWriter<byte> answer)
    {
        string service = reader.Text();
        if (!IsWhole(header, reader) || !May(header, RegistryOperation.Read))
        {
            return;
        }

        AcknowledgedVersion acknowledged = _registry.Subscribers.Acknowledged(service);
        answer.WriteNumber(acknowledged.Version.Number);
        answer.WriteNumber((ulong)acknowledged.Subscribers);
        output.Frame(Opcode.ReadAcknowledged, FrameFlags.Answer, header.Correlation, answer.WrittenSpan);
    }

    private void Watch(in FrameHeader header, ref PayloadReader reader)
    {
        if (!TryReadFilter(header, ref reader, out InstanceFilter? filter))
        {
            return;
        }

        var since = new RegistryVersion(reader.Fixed64(), reader.Number());
        if (!IsWhole(header, reader) || !MayReadWhole(header, RegistryOperation.Watch))
        {
            return;
        }

        if (outflow.Watches >= server.Options.WatchesPerSessionMax)
        {
            string problem = $"A session has at most {outflow.Watches} watches (WireOptions.WatchesPerSessionMax).";
            Refuse(header, WireErrorCode.OverLimit, problem);
        }
        else if (!outflow.TryWatch(header.Correlation, filter!, since))
        {
            End(header.Correlation, WireErrorCode.Malformed, "A watch with this correlation id is under way.");
        }
    }

    private void Acknowledge(in FrameHeader header, ref PayloadReader reader)
    {
        ulong version = reader.Number();
        if (IsWhole(header, reader))
        {
            outflow.Acknowledge(header.Correlation, version); // of a watch that has ended meanwhile: nothing
        }
    }

    private bool TryReadFilter(in FrameHeader header, ref PayloadReader reader, out InstanceFilter? filter)
    {
        filter = reader.Filter(server.Options.FilterNamesMax, out int names);
        if (filter is not null)
        {
            return true;
        }

        if (reader.Failed)
        {
            Malformed(header);
        }
        else
        {
            string problem = $"A filter of {names} names is over {server.Options.FilterNamesMax} (WireOptions.FilterNamesMax).";
            Refuse(header, WireErrorCode.OverLimit, problem);
        }

        return false;
    }

    private bool IsWhole(in FrameHeader header, in PayloadReader reader)
    {
        if (!reader.AtEnd)
        {
            Malformed(header);
        }

        return reader.AtEnd;
    }

    private bool May(in FrameHeader header, RegistryOperation operation, string? service = null)
    {
        AccessRefusal? refusal = _principal!.Refuse(operation, service);
        if (refusal is not null)
        {
            Refuse(header, WireErrorMap.Of(refusal.Failure), refusal.Message);
        }

        return refusal is null;
    }

    private bool MayReadWhole(in FrameHeader header, RegistryOperation operation = RegistryOperation.Read)
    {
        if (!May(header, operation))
        {
            return false;
        }

        if (_registry.Warming is { } warming)
        {
            output.Refused(header.Correlation, warming);
            return false;
        }

        return true;
    }

    private bool May(in FrameHeader header, RegistryOperation operation, ReadOnlySpan<byte> service) =>
        _principal!.May(operation) || May(header, operation, Encoding.UTF8.GetString(service));

    private void Malformed(in FrameHeader header) =>
        End(
            header.Correlation,
            WireErrorCode.Malformed,
            $"The payload of {header.Length} bytes is not what operation 0x{(byte)header.Opcode:x2} takes."
        );

    private void Refuse(in FrameHeader header, WireErrorCode code, string problem) => output.Error(header.Correlation, code, problem);
}
