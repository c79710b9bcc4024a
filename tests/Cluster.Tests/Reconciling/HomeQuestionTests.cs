using System.Text;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;

namespace Rollcall.Cluster.Tests.Reconciling;

/// <summary>Numbers that mean nothing here, asked of a peer.</summary>
public sealed class HomeQuestionTests
{
    private static readonly TimeSpan s_later = TimeSpan.FromMilliseconds(200);

    private readonly HomeQuestions _questions = new();
    private MonotonicTime _now;

    /// <summary>Seed 23756: what a former boot of a node had told stood before the renewals of its present one.</summary>
    [Fact]
    public void What_was_not_asked_yet_goes_before_what_nobody_could_answer()
    {
        _questions.Add(node: 2, boot: 1, [7, 8]);
        Assert.Equal([7u, 8u], _questions.Take(_now)!.Numbers);
        Assert.True(_questions.TryAnswer(new HomesAnswer([]))); // unknown there
        _questions.Add(node: 2, boot: 2, [34]);

        Assert.Equal([34u], _questions.Take(_now)!.Numbers);
        Assert.True(_questions.TryAnswer(Answer(2, 2, 34)));
        Assert.Null(_questions.Take(_now));
        _now += s_later;
        Assert.Equal([7u, 8u], _questions.Take(_now)!.Numbers);
    }

    [Fact]
    public void Several_that_are_due_again_do_not_wait_for_each_other()
    {
        _questions.Add(node: 2, boot: 1, [7]);
        _questions.Add(node: 3, boot: 1, [9]);
        for (int i = 0; i < 2; i++)
        {
            _questions.Take(_now);
            _questions.TryAnswer(new HomesAnswer([]));
        }

        _now += s_later;
        Assert.Equal(2u, _questions.Take(_now)!.Node);
        _questions.TryAnswer(new HomesAnswer([]));
        Assert.Equal(3u, _questions.Take(_now)!.Node);
    }

    /// <summary>Seeds 2402, 11755, 27570 and 38816: 128 that were known by then stood before one that was not.</summary>
    [Fact]
    public void What_has_become_known_meanwhile_is_not_asked_again()
    {
        _questions.Add(node: 2, boot: 1, [7, 8]);
        _questions.Take(_now);
        _questions.TryAnswer(new HomesAnswer([]));
        _questions.Add(node: 3, boot: 1, [9]);
        _questions.Take(_now);
        _questions.TryAnswer(new HomesAnswer([]));
        _questions.TryAnswer(Answer(2, 1, 7));
        _questions.TryAnswer(Answer(2, 1, 8));

        _now += s_later;
        Assert.Equal([9u], _questions.Take(_now)!.Numbers);
    }

    [Fact]
    public void News_that_nobody_asked_for_is_no_answer_to_what_is_under_way()
    {
        _questions.Add(node: 2, boot: 1, [7]);
        Assert.NotNull(_questions.Take(_now));
        for (int i = 0; i < 20; i++)
        {
            Assert.False(_questions.TryAnswer(Answer(4, 1, 1)));
            Assert.Null(_questions.Take(_now));
        }

        _now += s_later;
        Assert.Equal([7u], _questions.Take(_now)!.Numbers);
    }

    private static HomesAnswer Answer(uint node, ulong boot, uint number) =>
        new([new KeyedState(new ServiceName("ORDERS"), Encoding.UTF8.GetBytes("a"), new KeyState(default, null, new Home(node, boot, number, 1)))]);
}
