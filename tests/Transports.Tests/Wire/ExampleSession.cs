using System.Buffers;
using Rollcall.Core.Access;
using Rollcall.Core.Model;
using Rollcall.Core.Watching;
using Rollcall.Testing.Support;
using Rollcall.Transports.Wire.Compression;
using Rollcall.Transports.Wire.Frames;
using Rollcall.Transports.Wire.Links;
using Rollcall.Transports.Wire.Records;

namespace Rollcall.Transports.Tests.Wire;

/// <summary>The session that WIRE.md shows byte by byte: what a client says, by the link's own writers, and what a session answers.</summary>
internal sealed class ExampleSession
{
    private readonly List<(string Name, byte[] Bytes)> _frames = [];
    private readonly RawLane _lane;
    private uint _correlation;

    private ExampleSession(RawLane lane) => _lane = lane;

    /// <summary>Every frame in order, under its name in WIRE.md.</summary>
    public IReadOnlyList<(string Name, byte[] Bytes)> Frames => _frames;

    /// <summary>Plays it against a session of a registry whose keys and clock are fixed.</summary>
    public static async Task<ExampleSession> PlayAsync()
    {
        var under = new SteppedRegistry(SteppedRegistry.Options with { NodeId = 7 });
        await using var wire = new MemoryWire(AccessPolicy.Open);
        await wire.StartAsync(under.Registry, CancellationToken.None);
        var session = new ExampleSession(new RawLane(wire.Open()));
        await session.PlayAsync(under);
        return session;
    }

    private async Task PlayAsync(SteppedRegistry under)
    {
        var key = new KeyText("orders", "i-1");
        var hello = new HelloRequest(
            WireVersion.Major,
            WireVersion.Minor,
            PackingSet.None,
            LaneRole.All,
            "example",
            Rollcall.Transports.Wire.CredentialKind.Token,
            "",
            "secret"
        );
        await AskAsync("hello", Requests.Hello, hello);
        await AskAsync("ping", Requests.Ping, default);
        Registration registration = RegistrationBuilder.Of("orders", "i-1") with
        {
            HostName = "i-1.example.org",
            HomePageUrl = "http://i-1.example.org:8080/",
            HealthCheckUrl = "http://i-1.example.org:8080/health",
            Vips = "orders",
            ClientStamp = HandClock.WallStart.ToUnixTimeMilliseconds(),
            Metadata = [KeyValuePair.Create("zone", "a")],
        };
        await AskAsync("register", Requests.Register, registration);
        Core.Leases.LeaseHandle handle = under.Registry.HandleOf(InstanceKey.Of("orders", "i-1"));
        await AskAsync("renew", Requests.Renew, handle);
        await AskAsync("renew-unknown", Requests.Renew, default);
        await AskAsync("renew-by-key", Requests.RenewByKey, new RenewalByKey(key, registration.ClientStamp));
        Core.Leases.LeaseHandle[] handles = [handle, default, handle, default];
        await AskAsync("renew-many", Requests.RenewMany, new RenewalsOfFrame(handles, default, 0));
        await AskAsync("set-status", Requests.SetStatus, new StatusToSet(key, InstanceStatus.OutOfService));
        await AskAsync("find", Requests.Find, key);
        await AskAsync("read-snapshot", Requests.ReadSnapshot, InstanceFilter.Services("orders"));
        await AskAsync("read-delta", Requests.ReadDelta, new RegistryVersion(under.Registry.BootEpoch, 1));
        await AskAsync("read-delta-too-far", Requests.ReadDelta, RegistryVersion.None);
        await AskAsync("read-acknowledged", Requests.ReadAcknowledged, "orders");
        await SendAsync(
            "watch",
            Opcode.Watch,
            output =>
            {
                output.WriteFilter(InstanceFilter.Vips(secure: false, "orders"));
                Requests.WriteVersion(output, new RegistryVersion(under.Registry.BootEpoch, 2));
            }
        );
        uint watch = _correlation;
        await AskAsync("clear-status", Requests.ClearStatus, key);
        await TakeAsync("watch-push");
        await SendAsync("acknowledge", Opcode.Acknowledge, output => output.WriteNumber(3), watch);
        await SendAsync("unwatch", Opcode.Unwatch, _ => { }, watch);
        await TakeAsync("unwatch-answer");
        await AskAsync("set-metadata", Requests.SetMetadata, new PairsToSet(key, [KeyValuePair.Create("zone", "b")]));
        await AskAsync("cancel", Requests.Cancel, key);
        await SendAsync("unknown-operation", (Opcode)0x7A, _ => { });
        await TakeAsync("unknown-operation-answer");
        await SendAsync("malformed", Opcode.Renew, output => output.WriteByte(0xFF));
        await TakeAsync("malformed-answer");
    }

    private async Task AskAsync<TRequest, TAnswer>(string name, Operation<TRequest, TAnswer> operation, TRequest request)
    {
        await SendAsync(name, operation.Opcode, output => operation.Write(output, request));
        await TakeAsync($"{name}-answer");
    }

    private async Task SendAsync(string name, Opcode opcode, Action<IBufferWriter<byte>> write, uint correlation = 0)
    {
        byte[] frame = RawLane.Frame(opcode, correlation == 0 ? ++_correlation : correlation, write);
        _frames.Add((name, frame));
        await _lane.SendAsync(frame);
    }

    private async Task TakeAsync(string name)
    {
        (FrameHeader header, byte[] payload) = await _lane.ReadAsync() ?? throw new InvalidOperationException($"no frame came for {name}");
        byte[] frame = new byte[FrameHeader.Size + payload.Length];
        header.Write(frame);
        payload.CopyTo(frame, FrameHeader.Size);
        _frames.Add((name, frame));
    }
}
