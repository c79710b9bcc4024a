using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace Rollcall.Transports.Tests.Tcp;

/// <summary>A socket as a lane: nothing is lost, whatever the sizes and whoever cancels; waits end; nothing is allocated.</summary>
public sealed class SocketLaneTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly SocketPair _pair = SocketPair.Connect();

    public void Dispose() => _pair.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task What_is_sent_arrives_whole_and_in_order_whatever_is_left_unconsumed(int seed)
    {
        var random = new Random(seed);
        byte[] sent = new byte[3_000_000];
        random.NextBytes(sent);
        Task sending = Task.Run(() =>
        {
            var sizes = new Random(seed);
            for (int at = 0; at < sent.Length;)
            {
                int count = Math.Min(sent.Length - at, sizes.Next(4) == 0 ? sizes.Next(1, 200_000) : sizes.Next(1, 700));
                at += _pair.Far.Send(sent, at, count, SocketFlags.None);
            }

            _pair.Far.Shutdown(SocketShutdown.Send);
        });

        var arrived = new List<byte>();
        bool ended = false;
        while (!ended)
        {
            ReadResult read = await _pair.Lane.Input.ReadAsync().AsTask().WaitAsync(s_patience);
            ended = read.IsCompleted;
            long take = ended ? read.Buffer.Length : random.NextInt64(read.Buffer.Length + 1);
            arrived.AddRange(read.Buffer.Slice(0, take).ToArray());

            // Sometimes all is examined and the rest of it must come with more; sometimes some is not, and must come at once.
            SequencePosition consumed = read.Buffer.GetPosition(take);
            _pair.Lane.Input.AdvanceTo(consumed, random.Next(3) == 0 ? consumed : read.Buffer.End);
        }

        await sending;
        Assert.True(sent.AsSpan().SequenceEqual(arrived.ToArray()), "The bytes that arrived are others than those sent.");
    }

    [Fact]
    public async Task What_is_written_leaves_whole_and_in_order_and_also_while_a_flush_is_under_way()
    {
        var random = new Random(7);
        byte[] sent = new byte[8_000_000];
        random.NextBytes(sent);
        Task<byte[]> receiving = Task.Run(() =>
        {
            byte[] arrived = new byte[sent.Length];
            int count = 0;
            while (count < arrived.Length)
            {
                int n = _pair.Far.Receive(arrived, count, arrived.Length - count, SocketFlags.None);
                Assert.True(n > 0, $"The lane ended after {count} bytes.");
                count += n;
            }

            return arrived;
        });

        PipeWriter output = _pair.Lane.Output;
        ValueTask<FlushResult> flush = default;
        bool isFlushing = false;
        for (int at = 0; at < sent.Length;)
        {
            int count = Math.Min(sent.Length - at, random.Next(1, 100_000));
            sent.AsSpan(at, count).CopyTo(output.GetSpan(count));
            output.Advance(count);
            at += count;
            if (isFlushing)
            {
                await flush;
            }

            flush = output.FlushAsync();
            isFlushing = true;
        }

        await flush;
        byte[] left = await receiving.WaitAsync(s_patience);
        Assert.True(sent.AsSpan().SequenceEqual(left), "Other bytes left than were written.");
    }

    [Fact]
    public async Task A_burst_is_shown_by_one_read()
    {
        byte[] burst = new byte[20_000];
        _pair.Far.Send(burst);
        Assert.True(SpinWait.SpinUntil(() => _pair.Near.Available == burst.Length, s_patience), "The burst did not arrive.");

        ReadResult read = await _pair.Lane.Input.ReadAsync();

        Assert.Equal(burst.Length, read.Buffer.Length);
    }

    [Fact]
    public async Task A_read_that_is_cancelled_ends_and_what_arrives_later_is_not_lost()
    {
        ValueTask<ReadResult> waiting = _pair.Lane.Input.ReadAsync();
        _pair.Lane.Input.CancelPendingRead();
        ReadResult cancelled = await waiting.AsTask().WaitAsync(s_patience);
        _pair.Lane.Input.AdvanceTo(cancelled.Buffer.Start);
        _pair.Far.Send([1, 2, 3]);

        ReadResult read = await _pair.Lane.Input.ReadAsync().AsTask().WaitAsync(s_patience);

        Assert.True(cancelled.IsCanceled);
        Assert.True(cancelled.Buffer.IsEmpty);
        Assert.False(read.IsCanceled);
        Assert.Equal([1, 2, 3], read.Buffer.ToArray());
    }

    [Fact]
    public async Task A_cancellation_without_a_read_ends_the_next_one_only()
    {
        _pair.Lane.Input.CancelPendingRead();
        ReadResult first = await _pair.Lane.Input.ReadAsync();
        _pair.Lane.Input.AdvanceTo(first.Buffer.Start);
        _pair.Far.Send([1]);
        ReadResult second = await _pair.Lane.Input.ReadAsync().AsTask().WaitAsync(s_patience);

        Assert.True(first.IsCanceled);
        Assert.False(second.IsCanceled);
        Assert.Equal(1, second.Buffer.Length);
    }

    [Fact]
    public async Task A_token_ends_a_read_and_what_arrives_later_is_not_lost()
    {
        using var source = new CancellationTokenSource();
        ValueTask<ReadResult> waiting = _pair.Lane.Input.ReadAsync(source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.AsTask().WaitAsync(s_patience));
        _pair.Far.Send([1, 2, 3]);

        ReadResult read = await _pair.Lane.Input.ReadAsync().AsTask().WaitAsync(s_patience);

        Assert.Equal([1, 2, 3], read.Buffer.ToArray());
    }

    [Fact]
    public async Task One_cancellation_ends_one_read_whichever_comes_first()
    {
        using var start = new SemaphoreSlim(0);
        const int rounds = 20_000;
        var canceller = new Thread(() =>
        {
            for (int i = 0; i < rounds; i++)
            {
                start.Wait();
                Thread.SpinWait(i % 50);
                _pair.Lane.Input.CancelPendingRead();
            }
        });
        canceller.Start();
        for (int i = 0; i < rounds; i++)
        {
            start.Release();
            ReadResult read = await _pair.Lane.Input.ReadAsync().AsTask().WaitAsync(s_patience);
            Assert.True(read.IsCanceled);
            _pair.Lane.Input.AdvanceTo(read.Buffer.Start);
        }

        canceller.Join();
    }

    [Fact]
    public async Task What_was_not_flushed_leaves_with_the_end()
    {
        _pair.Lane.Output.GetSpan(3).Fill(7);
        _pair.Lane.Output.Advance(3);
        await _pair.Lane.Output.CompleteAsync();

        byte[] got = new byte[10];
        Assert.Equal(3, _pair.Far.Receive(got));
    }

    [Fact]
    public async Task Cancelling_while_bytes_arrive_loses_none()
    {
        const int total = 400_000;
        bool isOver = false;
        Task sending = Task.Run(() =>
        {
            byte[] some = new byte[7];
            for (int sent = 0; sent < total;)
            {
                int count = Math.Min(some.Length, total - sent);
                for (int i = 0; i < count; i++)
                {
                    some[i] = (byte)(sent + i);
                }

                sent += _pair.Far.Send(some, count, SocketFlags.None);
            }
        });
        Task cancelling = Task.Run(() =>
        {
            while (!Volatile.Read(ref isOver))
            {
                _pair.Lane.Input.CancelPendingRead();
                Thread.Yield();
            }
        });

        int next = 0;
        int cancelled = 0;
        while (next < total)
        {
            ReadResult read = await _pair.Lane.Input.ReadAsync().AsTask().WaitAsync(s_patience);
            cancelled += read.IsCanceled ? 1 : 0;
            foreach (byte got in read.Buffer.ToArray())
            {
                Assert.Equal((byte)next++, got);
            }

            _pair.Lane.Input.AdvanceTo(read.Buffer.End);
        }

        Volatile.Write(ref isOver, true);
        await Task.WhenAll(sending, cancelling);
        Assert.True(cancelled > 0, "No read was cancelled: the test tested nothing.");
    }

    [Fact]
    public async Task A_peer_that_does_not_read_makes_a_flush_wait_and_cancelling_ends_the_wait()
    {
        ValueTask<FlushResult> flush = default;
        long taken = 0;
        for (bool waits = false; !waits;)
        {
            Assert.True(taken < 64 << 20, $"The lane took {taken} bytes for a peer that does not read.");
            _pair.Lane.Output.GetSpan(65_536);
            _pair.Lane.Output.Advance(65_536);
            flush = _pair.Lane.Output.FlushAsync();
            waits = !flush.IsCompleted;
            taken += 65_536;
        }

        _pair.Lane.Output.CancelPendingFlush();

        Assert.True((await flush.AsTask().WaitAsync(s_patience)).IsCanceled);
    }

    [Fact]
    public async Task The_end_of_the_peer_completes_the_reader()
    {
        _pair.Far.Send([1, 2]);
        _pair.Far.Shutdown(SocketShutdown.Send);
        ReadResult first = await _pair.Lane.Input.ReadAsync().AsTask().WaitAsync(s_patience);
        _pair.Lane.Input.AdvanceTo(first.Buffer.Start, first.Buffer.End);

        ReadResult last = await _pair.Lane.Input.ReadAsync().AsTask().WaitAsync(s_patience);

        Assert.True(last.IsCompleted);
        Assert.Equal([1, 2], last.Buffer.ToArray());
    }

    [Fact]
    public async Task A_connection_that_is_reset_fails_the_read_with_words_and_completes_the_flush()
    {
        ValueTask<ReadResult> waiting = _pair.Lane.Input.ReadAsync();
        _pair.ResetFar();

        IOException failure = await Assert.ThrowsAsync<IOException>(() => waiting.AsTask().WaitAsync(s_patience));
        _pair.Lane.Output.GetSpan(1);
        _pair.Lane.Output.Advance(1);
        FlushResult flushed = await _pair.Lane.Output.FlushAsync();

        Assert.Equal("The connection is broken: the other side reset it.", failure.Message);
        Assert.True(flushed.IsCompleted);
    }

    [Fact]
    public async Task Aborting_ends_what_waits()
    {
        ValueTask<ReadResult> waiting = _pair.Lane.Input.ReadAsync();
        _pair.Lane.Abort();

        ReadResult read = await waiting.AsTask().WaitAsync(s_patience);
        ReadResult later = await _pair.Lane.Input.ReadAsync();
        _pair.Lane.Output.GetSpan(1);
        _pair.Lane.Output.Advance(1);
        FlushResult flushed = await _pair.Lane.Output.FlushAsync();

        Assert.True(read.IsCompleted && later.IsCompleted && flushed.IsCompleted);
    }

    [Fact]
    public async Task The_last_words_reach_a_peer_that_was_still_sending()
    {
        _pair.Far.Send(new byte[50_000]); // Nobody reads it: closing at once would reset the connection.
        _pair.Lane.Output.GetSpan(1)[0] = 42;
        _pair.Lane.Output.Advance(1);
        await _pair.Lane.Output.FlushAsync();
        ValueTask closing = _pair.Lane.DisposeAsync();

        byte[] words = new byte[10];
        int count = _pair.Far.Receive(words);
        int end = _pair.Far.Receive(words);
        _pair.Far.Dispose();
        await closing.AsTask().WaitAsync(s_patience);

        Assert.Equal((1, 42, 0), (count, words[0], end));
    }

    [Fact]
    public async Task A_peer_that_never_pauses_does_not_keep_its_thread()
    {
        bool isOver = false;
        Task sending = Task.Run(() =>
        {
            byte[] flood = new byte[65_536];
            while (!Volatile.Read(ref isOver))
            {
                _pair.Far.Send(flood);
            }
        });

        int row = 0;
        int longest = 0;
        int yields = 0;
        while (yields < 5)
        {
            ValueTask<ReadResult> reading = _pair.Lane.Input.ReadAsync();
            yields += reading.IsCompleted ? 0 : 1;
            row = reading.IsCompleted ? row + 1 : 0;
            longest = Math.Max(longest, row);
            Assert.True(longest < 32, "32 receives in a row did not let others have the thread.");
            ReadResult read = await reading;
            _pair.Lane.Input.AdvanceTo(read.Buffer.End);
        }

        Volatile.Write(ref isOver, true);
        Task draining = Task.Run(async () =>
        {
            while (!sending.IsCompleted)
            {
                ReadResult read = await _pair.Lane.Input.ReadAsync();
                _pair.Lane.Input.AdvanceTo(read.Buffer.End);
            }
        });
        await sending.WaitAsync(s_patience);
        _pair.Far.Dispose();
        await draining.WaitAsync(s_patience);
    }
}
