using Rollcall.Client.Catalogues;

namespace Rollcall.Client.Choosing;

/// <summary>An instance chosen for one call. End it exactly once: until then the call counts as under way.</summary>
public readonly struct Pick
{
    private readonly InstanceChooser _chooser;

    internal Pick(InstanceChooser chooser, ServiceEndpoint endpoint)
    {
        _chooser = chooser;
        Endpoint = endpoint;
    }

    /// <summary>The instance.</summary>
    public ServiceEndpoint Endpoint { get; }

    /// <summary>The call has ended.</summary>
    public void End(CallOutcome outcome) => _chooser.End(Endpoint, outcome);
}
