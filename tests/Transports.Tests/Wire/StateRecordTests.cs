using System.Buffers;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Core.Snapshots;
using Rollcall.Testing.Support;
using Rollcall.Transports.Wire;
using Rollcall.Transports.Wire.Frames;
using Rollcall.Transports.Wire.Records;

namespace Rollcall.Transports.Tests.Wire;

/// <summary>What nodes know of a key comes back as it was, and damage is noticed.</summary>
public sealed class StateRecordTests
{
    private const int StateCount = 500;

    [Fact]
    public void Any_row_of_states_comes_back_as_it_was()
    {
        KeyedState[] states = [.. States(new Random(7), StateCount)];
        KeyedState[] read = [.. Read(Write(states), out bool failed)];
        Assert.False(failed);
        Assert.Equal(states.Select(Shown), read.Select(Shown));
    }

    [Fact]
    public void No_state_takes_more_bytes_than_it_says() =>
        Assert.All(States(new Random(12), StateCount), state => Assert.InRange(Write([state]).Length, 1, state.BytesMax));

    [Fact]
    public void So_it_does_from_packed_blocks()
    {
        KeyedState[] states = [.. States(new Random(8), 10 * StateCount)];
        byte[][] blocks = [.. StoredStates.Pack(states).Select(block => block.ToArray())];
        Assert.True(blocks.Length > 1, "the test wants several blocks");
        Assert.Equal(states.Select(Shown), StoredStates.Unpack(blocks, StoredStates.PackingName).Select(Shown));
        Assert.Throws<InvalidDataException>(() => StoredStates.Unpack(blocks, "zip"));
        Assert.Throws<InvalidDataException>(() => StoredStates.Unpack([blocks[0][..^1]], StoredStates.PackingName).Count());
    }

    [Fact]
    public void States_of_a_row_leave_out_what_they_have_in_common()
    {
        KeyedState[] same = [.. States(new Random(9), 1)];
        int once = Write(same).Length;
        int twice = Write([same[0], same[0]]).Length;
        Assert.True(twice < 2 * once - 8, $"{once} bytes alone, {twice} for two");
    }

    [Fact]
    public void A_state_that_is_cut_off_fails()
    {
        foreach (KeyedState state in States(new Random(10), 20))
        {
            byte[] whole = Write([state]);
            for (int length = 1; length < whole.Length; length++)
            {
                _ = Read(whole[..length], out bool failed);
                Assert.True(failed, $"{length} of {whole.Length} bytes of {state}");
            }
        }
    }

    [Fact]
    public void A_state_with_a_bit_flipped_reads_or_fails_and_throws_nothing()
    {
        foreach (KeyedState state in States(new Random(11), 20))
        {
            byte[] whole = Write([state, state]);
            for (int bit = 0; bit < 8 * whole.Length; bit++)
            {
                whole[bit / 8] ^= (byte)(1 << (bit % 8));
                _ = Read(whole, out _);
                whole[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    private static byte[] Write(IEnumerable<KeyedState> states)
    {
        var output = new ArrayBufferWriter<byte>();
        var row = default(StateRow);
        foreach (KeyedState state in states)
        {
            StateRecord.Write(output, state, ref row);
        }

        return output.WrittenSpan.ToArray();
    }

    private static List<KeyedState> Read(byte[] bytes, out bool failed)
    {
        var states = new List<KeyedState>();
        var services = new ServiceNames();
        var row = default(StateRow);
        var reader = new PayloadReader(bytes);
        while (reader.Left > 0)
        {
            states.Add(StateRecord.Read(ref reader, services, ref row));
        }

        failed = reader.Failed;
        return states;
    }

    // Live ones with and without override, cleared ones, ends of every kind, and homes alone.
    private static IEnumerable<KeyedState> States(Random random, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Registration said = RegistrationBuilder.Full($"service-{random.Next(4)}", $"i-{i}") with { ClientStamp = random.NextInt64() };
            var service = new ServiceName(said.Service);
            Revision revision = RevisionOf(random);
            StatusOverride? overriding = random.Next(3) switch
            {
                0 => null,
                1 => new StatusOverride(InstanceStatus.OutOfService, random.Next(2) == 0 ? revision : RevisionOf(random), 1_700_000_000_000 + i),
                _ => new StatusOverride(InstanceStatus.Unknown, RevisionOf(random), 1_700_000_000_000 - i),
            };
            Home home = random.Next(4) == 0 ? default : new Home((uint)random.Next(3), (ulong)random.Next(2), (uint)random.Next((int)Home.NumbersMax), RevisionOf(random).Clock);
            Content content = random.Next(4) switch
            {
                0 => default,
                1 => new Content(revision, null, (ChangeCause)random.Next((int)ChangeCause.Cancelled, (int)ChangeCause.ExpiredAfterGuard + 1)),
                _ => new Content(revision, Instance.Restore(service, said, new InstanceFacts(0, 0, revision, overriding, 1_699_999_999_999, 0, 1_700_000_000_001, ChangeKind.Added)), default),
            };
            yield return new KeyedState(service, System.Text.Encoding.UTF8.GetBytes(said.Id!), new KeyState(content, overriding, home));
        }
    }

    private static Revision RevisionOf(Random random) =>
        new((uint)random.Next(5), ((ulong)(1_700_000_000_000 + random.Next(100_000)) << 16) + (ulong)random.Next(3), (uint)random.Next(4));

    private static string Shown(KeyedState keyed) =>
        $"{keyed} {keyed.State.Override} {keyed.State.Home} {(keyed.State.Content.Record is { } record ? Portrait.Of(record) : "")}";
}
