using System.Buffers;
using System.IO.Pipelines;
using Rollcall.Core.Replication;
using Rollcall.Core.Seams;
using Rollcall.Transports.Wire.Compression;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Transports.Wire.Peering;

/// <summary>Opens lanes to a node of the same cluster, over whatever a <see cref="IWireDialer"/> dials.</summary>
public sealed class WirePeerDialer : IPeerDialer
{
    private readonly Func<IWireDialer> _dialers;
    private readonly WireCredentials _credentials;
    private readonly WireOptions _options;
    private readonly TimeSpan _connectTimeout;

    /// <summary>A dialer.</summary>
    /// <param name="dialers">Makes the dialer of one connection.</param>
    /// <param name="credentials">What to show: of a principal that is a peer there.</param>
    /// <param name="options">What both ends of a lane go by here.</param>
    /// <param name="connectTimeout">A peer that has not answered the hello by then is not reached; by default 5 s.</param>
    public WirePeerDialer(
        Func<IWireDialer> dialers,
        WireCredentials? credentials = null,
        WireOptions? options = null,
        TimeSpan? connectTimeout = null
    )
    {
        _dialers = dialers;
        _credentials = credentials ?? WireCredentials.None;
        _options = options ?? new WireOptions();
        _connectTimeout = connectTimeout ?? TimeSpan.FromSeconds(5);
        Address = dialers().Address;
    }

    /// <inheritdoc/>
    public string Address { get; }

    /// <inheritdoc/>
    public async ValueTask<IPeerLane> DialAsync(CancellationToken cancellation)
    {
        IWireDialer dialer = _dialers();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_connectTimeout);
        IDuplexPipe? lane = null;
        try
        {
            lane = await dialer.OpenLaneAsync(0, limit.Token).ConfigureAwait(false);
            Packing packing = await GreetAsync(lane, limit.Token).ConfigureAwait(false);
            return new WirePeerLane(lane, new PeerPath(Address), packing, _options, dialer);
        }
        catch (Exception e)
        {
            await CloseAsync(lane, dialer).ConfigureAwait(false);
            if (e is LinkException || cancellation.IsCancellationRequested)
            {
                throw;
            }

            throw e switch
            {
                OperationCanceledException => new LinkException(
                    LinkFailure.Unreachable,
                    $"{Address} did not answer within {_connectTimeout.TotalSeconds:0.#} s.",
                    e
                ),
                _ when LaneFailure.Is(e) => Unanswered($"broke off: {e.Message.TrimEnd('.')}", e),
                _ => e,
            };
        }
    }

    private async ValueTask<Packing> GreetAsync(IDuplexPipe lane, CancellationToken cancellation)
    {
        var hello = new HelloRequest(
            WireVersion.Major,
            WireVersion.Minor,
            Packings.Supported,
            LaneRole.Peer,
            "peer",
            _credentials.Kind,
            _credentials.User,
            _credentials.Secret
        );
        var frame = new FrameBuffer();
        frame.Begin();
        hello.Write(frame);
        frame.End(Opcode.Hello, FrameFlags.None, 1);
        lane.Output.Write(frame.Written);
        await lane.Output.FlushAsync(cancellation).ConfigureAwait(false);
        while (true)
        {
            ReadResult read = await lane.Input.ReadAsync(cancellation).ConfigureAwait(false);
            if (TryRead(read.Buffer, out SequencePosition consumed, out FrameHeader header, out byte[] payload))
            {
                lane.Input.AdvanceTo(consumed);
                return Answer(header, payload);
            }

            lane.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted)
            {
                throw Unanswered("closed the connection without a word");
            }
        }
    }

    private bool TryRead(in ReadOnlySequence<byte> bytes, out SequencePosition consumed, out FrameHeader header, out byte[] payload)
    {
        (consumed, header, payload) = (bytes.Start, default, []);
        if (bytes.Length < FrameHeader.Size)
        {
            return false;
        }

        header = FrameHeader.Read(bytes.Slice(0, FrameHeader.Size).ToArray());
        if (header.Length > (uint)_options.HelloBytesMax)
        {
            throw NotAsAgreed($"its first frame has {header.Length} bytes");
        }

        if (bytes.Length - FrameHeader.Size < header.Length)
        {
            return false;
        }

        ReadOnlySequence<byte> slice = bytes.Slice(FrameHeader.Size, header.Length);
        (consumed, payload) = (slice.End, slice.ToArray());
        return true;
    }

    private Packing Answer(in FrameHeader header, byte[] payload)
    {
        if (header.Opcode == Opcode.Error)
        {
            (WireErrorCode code, string why) = ErrorRecord.Read(payload);
            throw new LinkException(WireErrorMap.Failure(code), why);
        }

        var reader = new PayloadReader(payload);
        HelloAnswer answer = HelloAnswer.Read(ref reader);
        bool known = header is { Opcode: Opcode.Hello, Flags: FrameFlags.Answer } && reader.AtEnd && answer.Major == WireVersion.Major;
        return known && answer.Packing <= Packing.Brotli ? answer.Packing : throw NotAsAgreed("it does not answer a hello with one");
    }

    // Under TLS a server looks at the client's certificate last: one that does not take it is there, and is gone.
    private LinkException Unanswered(string what, Exception? e = null) =>
        new(LinkFailure.Unreachable, $"{Address} {what}. Where it asks for one, it may not take the certificate shown.", e);

    private LinkException NotAsAgreed(string problem) => new(LinkFailure.Protocol, $"{Address} does not speak as agreed: {problem}.");

    private static async ValueTask CloseAsync(IDuplexPipe? lane, IWireDialer dialer)
    {
        if (lane is not null)
        {
            await lane.Output.CompleteAsync().ConfigureAwait(false);
            await lane.Input.CompleteAsync().ConfigureAwait(false);
        }

        await dialer.DisposeAsync().ConfigureAwait(false);
    }
}
