using System.Buffers;
using System.Text;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Transports.Wire;
using Rollcall.Transports.Wire.Compression;
using Rollcall.Transports.Wire.Frames;
using Rollcall.Transports.Wire.Records;

namespace Rollcall.Load.Connections;

/// <summary>Requests as ready-made bytes: the driver competes with the server for two cores, so it writes them once.</summary>
internal static class FrameBytes
{
    /// <summary>Of requests whose answers are told apart by their order, and of the one watch of a connection.</summary>
    private const uint Correlation = 1;

    /// <summary>Bytes of a renewal by handle.</summary>
    public const int RenewBytes = FrameHeader.Size + sizeof(ulong);

    /// <summary>Bytes of a renewal of many.</summary>
    public static int RenewManyBytes(int handles) => FrameHeader.Size + (handles * sizeof(ulong));

    /// <summary>Handles in a renewal of many.</summary>
    public static int HandlesIn(ReadOnlySpan<byte> renewMany) => (renewMany.Length - FrameHeader.Size) / sizeof(ulong);

    /// <summary>The first frame of a lane.</summary>
    public static byte[] Hello(string name) =>
        Frame(
            Opcode.Hello,
            output =>
                new HelloRequest(
                    WireVersion.Major,
                    WireVersion.Minor,
                    PackingSet.None,
                    LaneRole.All,
                    name,
                    CredentialKind.None,
                    "",
                    ""
                ).Write(output)
        );

    /// <summary>One frame per handle, one behind the other.</summary>
    public static byte[] Renewals(ReadOnlySpan<LeaseHandle> handles)
    {
        var output = new ArrayBufferWriter<byte>(handles.Length * RenewBytes);
        foreach (LeaseHandle handle in handles)
        {
            new FrameHeader(sizeof(ulong), Opcode.Renew, FrameFlags.None, Correlation).Write(output.GetSpan(FrameHeader.Size));
            output.Advance(FrameHeader.Size);
            output.WriteFixed64(handle.Value);
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>One frame for all handles.</summary>
    public static byte[] RenewMany(ReadOnlyMemory<LeaseHandle> handles) =>
        Frame(
            Opcode.RenewMany,
            output =>
            {
                foreach (LeaseHandle handle in handles.Span)
                {
                    output.WriteFixed64(handle.Value);
                }
            }
        );

    /// <summary>Registers.</summary>
    public static byte[] Register(Registration registration) =>
        Frame(Opcode.Register, output => RegistrationRecord.Write(output, registration));

    /// <summary>Sets a status.</summary>
    public static byte[] SetStatus(string service, string id, InstanceStatus status) =>
        Frame(
            Opcode.SetStatus,
            output =>
            {
                output.WriteUtf8(Encoding.UTF8.GetBytes(service));
                output.WriteUtf8(Encoding.UTF8.GetBytes(id));
                output.WriteByte((byte)status);
            }
        );

    /// <summary>Follows everything since a version.</summary>
    public static byte[] Watch(RegistryVersion since) =>
        Frame(
            Opcode.Watch,
            output =>
            {
                output.WriteFilter(Core.Watching.InstanceFilter.All);
                output.WriteFixed64(since.Epoch);
                output.WriteNumber(since.Number);
            }
        );

    /// <summary>Puts an acknowledgement of a version into <paramref name="bytes"/>; its length.</summary>
    public static int PutAcknowledge(Span<byte> bytes, ulong version)
    {
        int length = PayloadWriter.PutNumber(bytes[FrameHeader.Size..], version);
        new FrameHeader((uint)length, Opcode.Acknowledge, FrameFlags.None, Correlation).Write(bytes);
        return FrameHeader.Size + length;
    }

    /// <summary>A frame with any payload.</summary>
    public static byte[] Frame(Opcode opcode, Action<ArrayBufferWriter<byte>> payload)
    {
        var body = new ArrayBufferWriter<byte>();
        payload(body);
        byte[] frame = new byte[FrameHeader.Size + body.WrittenCount];
        new FrameHeader((uint)body.WrittenCount, opcode, FrameFlags.None, Correlation).Write(frame);
        body.WrittenSpan.CopyTo(frame.AsSpan(FrameHeader.Size));
        return frame;
    }
}
