using Rollcall.Core.Model;

namespace Rollcall.Core.Replication;

/// <summary>Numbers that a peer's sets of renewals told, and that mean no lease here yet: asked for until they do.</summary>
/// <remarks>
/// <para>Owner: one <see cref="PeerSession"/>.</para>
/// <para>
/// After a mass move of owners, or a warm restart, there may be as many as there are leases: one portion is under way at a time, the
/// next goes when it is answered. What the peer does not know itself it is asking for at that moment, one node nearer to the home: it
/// is asked again a little later, not when the lease is renewed next, so that the news takes moments per node and not an interval.
/// What was not asked for yet goes before that: after a restart there are many numbers that nobody knows any more.
/// </para>
/// <para>Shape: at most <see cref="OpenMax"/> numbers, 40 bytes each, while they are open; what is beyond comes with a later set.</para>
/// </remarks>
internal sealed class HomeQuestions
{
    /// <summary>Most numbers asked for at a time.</summary>
    public const int PortionMax = 1_024;

    private const int OpenMax = 262_144;
    private const int TriesMax = 8; // then the lease has probably ended

    private static readonly TimeSpan s_again = TimeSpan.FromMilliseconds(200);

    private readonly Queue<Question> _fresh = new();
    private readonly Queue<Question> _again = new();
    private readonly HashSet<Number> _open = []; // those waiting and those under way
    private readonly List<Question> _underWay = [];
    private MonotonicTime _askedAt;

    /// <summary>When to ask <see cref="Take"/> again; null: nothing is open.</summary>
    public MonotonicTime? Next => _open.Count > 0 ? _askedAt + s_again : null;

    /// <summary>These mean nothing here.</summary>
    public void Add(uint node, ulong boot, List<uint> numbers)
    {
        foreach (uint number in numbers)
        {
            if (_open.Count >= OpenMax)
            {
                return;
            }

            if (_open.Add(new Number(node, boot, number)))
            {
                _fresh.Enqueue(new Question(new Number(node, boot, number), 0, default));
            }
        }
    }

    /// <summary>The next question, if one is to go now.</summary>
    public HomesRequest? Take(MonotonicTime now)
    {
        if (_open.Count == 0)
        {
            return null;
        }

        if (now - _askedAt >= s_again)
        {
            AskAgain();
        }

        if (_underWay.Count > 0 || !(TryPeek(_fresh, out Question next) || TryPeek(_again, out next)) || next.Due > now)
        {
            return null;
        }

        Queue<Question> waiting = next.Tries == 0 ? _fresh : _again;
        while (_underWay.Count < PortionMax && TryPeek(waiting, out Question question) && question.Is(next))
        {
            _underWay.Add(waiting.Dequeue());
        }

        _askedAt = now;
        return new HomesRequest(next.Number.Node, next.Number.Boot, [.. _underWay.Select(question => question.Number.Value)]);
    }

    /// <summary>The peer has said what it knows.</summary>
    /// <returns>False: it was not asked.</returns>
    public bool TryAnswer(HomesAnswer answer)
    {
        bool asked = answer.Homes.Count == 0;
        foreach (KeyedState told in answer.Homes)
        {
            Home home = told.State.Home;
            asked |= _open.Remove(new Number(home.Node, home.Boot, home.Number));
        }

        if (asked)
        {
            AskAgain();
        }

        return asked;
    }

    // What has been answered meanwhile, by whatever way, is not asked for any more.
    private bool TryPeek(Queue<Question> waiting, out Question next)
    {
        while (waiting.TryPeek(out next) && !_open.Contains(next.Number))
        {
            waiting.Dequeue();
        }

        return waiting.Count > 0;
    }

    // What is still open of the portion under way goes to the end, unless it was asked for often enough.
    private void AskAgain()
    {
        foreach (Question question in _underWay)
        {
            if (!_open.Contains(question.Number))
            {
                continue;
            }

            if (question.Tries + 1 < TriesMax)
            {
                _again.Enqueue(question with { Tries = question.Tries + 1, Due = _askedAt + s_again });
            }
            else
            {
                _open.Remove(question.Number);
            }
        }

        _underWay.Clear();
    }

    private readonly record struct Number(uint Node, ulong Boot, uint Value);

    private readonly record struct Question(Number Number, int Tries, MonotonicTime Due)
    {
        // In one question are numbers of one boot of one node, all asked for as often, and the last time together.
        public bool Is(Question other) =>
            (Number.Node, Number.Boot, Tries, Due) == (other.Number.Node, other.Number.Boot, other.Tries, other.Due);
    }
}
