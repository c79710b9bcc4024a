using Rollcall.Client.Servers;
using Rollcall.Core.Seams;
using Rollcall.Testing.Support;

namespace Rollcall.Client.Tests.Servers;

/// <summary>What can be wrong with a server.</summary>
public enum ServerFault
{
    None,

    /// <summary>Nobody listens there.</summary>
    RefusesDials,

    /// <summary>Somebody listens and never answers: a frozen process, a lost packet.</summary>
    HangsOnDial,

    /// <summary>Takes the connection and drops it at the first call.</summary>
    DropsCalls,

    /// <summary>Takes the call and never answers.</summary>
    HangsOnCall,

    /// <summary>Says that it cannot serve.</summary>
    IsUnavailable,

    /// <summary>Is no registry: a proxy's error page.</summary>
    TalksNonsense,

    /// <summary>Was rolled out with other credentials.</summary>
    KnowsNobody,

    /// <summary>The link to it has a bug.</summary>
    HasABuggyLink,
}

/// <summary>A server whose faults a test chooses, that counts who comes.</summary>
internal sealed class FaultyServer
{
    private readonly SteppedRegistry _registry = new();
    private readonly Action _hung;
    private FakeLink? _last;

    /// <param name="name">Its name.</param>
    /// <param name="hung">Called when something begins to hang there.</param>
    /// <param name="zone">Where it is.</param>
    public FaultyServer(string name, Action hung, string? zone = null)
    {
        _hung = hung;
        Server = new RegistryServer(name, DialAsync, zone);
    }

    public RegistryServer Server { get; }

    public ServerFault Fault { get; set; }

    /// <summary>Dials and calls that came here.</summary>
    public int Dials { get; private set; }

    public int Calls { get; private set; }

    public bool IsLinkDisposed => _last!.IsDisposed;

    /// <summary>The connection breaks without a call.</summary>
    public void LoseLink() => _last!.Lose();

    private async ValueTask<IRegistryLink> DialAsync(CancellationToken cancellation)
    {
        Dials++;
        switch (Fault)
        {
            case ServerFault.RefusesDials:
                throw new LinkException(LinkFailure.Unreachable, "connection refused");
            case ServerFault.KnowsNobody:
                throw new LinkException(LinkFailure.NotAuthenticated, "wrong credentials");
            case ServerFault.HangsOnDial:
                await HangAsync(cancellation);
                break;
        }

        return _last = new FakeLink(_registry.Registry, Server.Name) { OnPing = CallAsync };
    }

    private async ValueTask CallAsync(CancellationToken cancellation)
    {
        Calls++;
        switch (Fault)
        {
            case ServerFault.RefusesDials or ServerFault.DropsCalls:
                LoseLink();
                throw new LinkException(LinkFailure.Closed, "connection reset");
            case ServerFault.IsUnavailable:
                throw new LinkException(LinkFailure.Unavailable, "warming up");
            case ServerFault.TalksNonsense:
                throw new LinkException(LinkFailure.Protocol, "<html>");
            case ServerFault.KnowsNobody:
                throw new LinkException(LinkFailure.NotAuthenticated, "wrong credentials");
            case ServerFault.HasABuggyLink:
                throw new NullReferenceException("a bug");
            case ServerFault.HangsOnDial or ServerFault.HangsOnCall:
                await HangAsync(cancellation);
                break;
        }
    }

    private async Task HangAsync(CancellationToken cancellation)
    {
        var never = new TaskCompletionSource();
        _hung();
        await never.Task.WaitAsync(cancellation);
    }
}
