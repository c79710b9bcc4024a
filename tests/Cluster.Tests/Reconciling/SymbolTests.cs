using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using Rollcall.Core.Replication;
using Xunit.Abstractions;

namespace Rollcall.Cluster.Tests.Reconciling;

/// <summary>Coded symbols find exactly what two sets do not have in common.</summary>
public sealed class SymbolTests(ITestOutputHelper output)
{
    [Fact]
    public void Any_two_sets_are_told_apart_as_by_comparing_them_item_by_item() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<(int Common, int Mine, int Theirs, int Step)>(),
                sizes =>
                {
                    int common = Math.Abs(sizes.Common % 500);
                    (HashSet<ulong> mine, HashSet<ulong> theirs) = Sets(common, Math.Abs(sizes.Mine % 50), Math.Abs(sizes.Theirs % 50));
                    (SymbolDecoder decoder, _) = Decode(mine, theirs, 1 + Math.Abs(sizes.Step % 40));
                    Assert.Equal(Naive(mine, theirs), decoder.Found.Order());
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void Ten_thousand_differences_take_less_than_1_4_symbols_each()
    {
        (HashSet<ulong> mine, HashSet<ulong> theirs) = Sets(50_000, 5_000, 5_000);
        (SymbolDecoder decoder, int symbols) = Decode(mine, theirs, 100);
        Assert.Equal(Naive(mine, theirs), decoder.Found.Order());
        output.WriteLine($"{symbols / 10_000.0:0.000} symbols, {symbols * Symbol.Bytes / 10_000.0:0.0} bytes per difference");
        Assert.True(symbols < 14_500, $"{symbols} symbols for 10,000 differences");
    }

    [Fact]
    public void Equal_sets_are_known_to_be_equal_from_the_first_symbol()
    {
        (HashSet<ulong> mine, _) = Sets(1_000, 0, 0);
        (SymbolDecoder decoder, int symbols) = Decode(mine, mine, 1);
        Assert.Empty(decoder.Found);
        Assert.Equal(1, symbols);
    }

    [Fact]
    public void What_a_lying_peer_sends_finds_nothing_and_ends()
    {
        var encoder = new SymbolEncoder();
        encoder.Add(17);
        var decoder = new SymbolDecoder(encoder);
        var lies = new Symbol[1_000];
        for (int i = 0; i < lies.Length; i++)
        {
            lies[i] = new Symbol(ItemHash.Mix((ulong)i + 1) >> 16, (uint)i);
        }

        var watch = Stopwatch.StartNew();
        decoder.Add(lies);
        Assert.False(decoder.IsComplete);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"took {watch.Elapsed}");
    }

    private static (SymbolDecoder Decoder, int Symbols) Decode(HashSet<ulong> mine, HashSet<ulong> theirs, int step)
    {
        var decoder = new SymbolDecoder(EncoderOf(mine));
        SymbolEncoder encoder = EncoderOf(theirs);
        int symbols = 0;
        while (!decoder.IsComplete)
        {
            decoder.Add(encoder.Next(step));
            symbols += step;
            Assert.True(symbols < 1_000 + (10 * (mine.Count + theirs.Count)), $"not decoded after {symbols} symbols");
        }

        return (decoder, symbols);
    }

    private static SymbolEncoder EncoderOf(HashSet<ulong> items)
    {
        var encoder = new SymbolEncoder();
        foreach (ulong item in items)
        {
            encoder.Add(item);
        }

        return encoder;
    }

    private static IEnumerable<ulong> Naive(HashSet<ulong> mine, HashSet<ulong> theirs) =>
        mine.Except(theirs).Concat(theirs.Except(mine)).Order();

    private static (HashSet<ulong> Mine, HashSet<ulong> Theirs) Sets(int common, int mine, int theirs)
    {
        static IEnumerable<ulong> Items(int count, ulong salt) =>
            Enumerable.Range(0, count).Select(i => Symbol.ItemOf((ulong)i, salt << 32));

        return ([.. Items(common, 1), .. Items(mine, 2)], [.. Items(common, 1), .. Items(theirs, 3)]);
    }
}
