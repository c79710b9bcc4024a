using Rollcall.Core.Model;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Watching;

/// <summary>When listeners are told of a new version, and on what terms.</summary>
public class PublishedTests
{
    private readonly SteppedRegistry _under = new(SteppedRegistry.Unguarded);
    private readonly List<ulong> _seen = [];

    public PublishedTests() => _under.Registry.Published += () => _seen.Add(_under.Version);

    [Fact]
    public void Each_write_is_told_when_it_can_be_read_and_what_changes_nothing_is_not()
    {
        _under.Register("orders", "i-1", lease: TimeSpan.FromSeconds(5));
        _under.SetStatus("orders", "i-1", InstanceStatus.Down);
        _under.SetMetadata("orders", "i-1", ("a", "1"));
        _under.ClearStatus("orders", "i-1");
        _under.Cancel("orders", "i-1");
        Assert.Equal([1, 2, 3, 4, 5], _seen);
        _under.Cancel("orders", "i-1");
        _under.Renew("orders", "i-1");
        _under.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(5, _seen.Count);
    }

    [Fact]
    public void An_expiry_is_told()
    {
        _under.Register("orders", "i-1", lease: TimeSpan.FromSeconds(5));
        _under.Pass(TimeSpan.FromSeconds(6));
        Assert.Equal([1, 2], _seen);
    }

    [Fact]
    public void It_is_told_on_the_writers_thread_and_a_listener_that_left_is_not()
    {
        int thread = 0;
        Action listener = () => thread = Environment.CurrentManagedThreadId;
        _under.Registry.Published += listener;
        _under.Register("orders", "i-1");
        Assert.Equal(Environment.CurrentManagedThreadId, thread);
        _under.Registry.Published -= listener;
        thread = 0;
        _under.Register("orders", "i-1");
        Assert.Equal(0, thread);
    }

    [Fact]
    public void A_listener_may_write()
    {
        int left = 3;
        _under.Registry.Published += () =>
        {
            if (left-- > 0)
            {
                _under.Register("orders", $"i-{left}");
            }
        };
        _under.Register("orders", "i-first");
        Assert.Equal(4ul, _under.Version);
    }
}
