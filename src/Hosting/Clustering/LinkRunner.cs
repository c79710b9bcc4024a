using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Core.Seams;

namespace Rollcall.Hosting.Clustering;

/// <summary>Keeps a link with one node of the cluster: dials when it is time, unless that node has dialled.</summary>
/// <remarks>When that is, and what counts as what, decides <see cref="PeerContact"/>.</remarks>
internal sealed class LinkRunner(ClusterHost host, IPeerDialer dialer) : IPeerRunner
{
    private MonotonicTime Now => host.Node.Registry.Now;

    public async Task RunAsync(PeerContact contact, CancellationToken stopping)
    {
        while (true)
        {
            TimeSpan wait = contact.DialAt - Now;
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), host.Time, stopping);
            }

            stopping.ThrowIfCancellationRequested();
            if (contact.View.Node is { } node && host.Node.IsLinked(node))
            {
                contact.Linked(node, Now);
            }
            else
            {
                await TryAsync(contact, stopping);
                host.LookAround();
            }
        }
    }

    private async Task TryAsync(PeerContact contact, CancellationToken stopping)
    {
        IPeerLane lane;
        try
        {
            lane = await dialer.DialAsync(stopping);
        }
        catch (LinkException exception)
        {
            bool answers = exception.Failure is LinkFailure.NotAuthenticated or LinkFailure.NotAllowed or LinkFailure.Protocol;
            if (answers ? contact.Refused(exception.Message, null, Now) : contact.Failed(exception.Message, Now))
            {
                host.Say(contact.View);
            }

            return;
        }

        await using (lane)
        {
            (LinkEnd end, string why) = await host.PumpAsync(lane, dialled: true, node => contact.Linked(node, Now), stopping);
            stopping.ThrowIfCancellationRequested();
            Judge(contact, end, why);
        }
    }

    private void Judge(PeerContact contact, LinkEnd end, string why)
    {
        if (end.Node is { } node && host.Node.IsLinked(node))
        {
            contact.Linked(node, Now); // it has dialled
        }
        else if (end.IsWelcome && contact.View.State != PeerState.Linked && end.Reason is not null)
        {
            contact.Postpone(end.Node!.Value, why, Now); // it takes us for linked, which will show to be true or not
        }
        else if (
            end.IsSelf ? contact.IsSelf(end.Node!.Value, Now)
            : end.Reason is not null && !end.IsWelcome ? contact.Refused(why, end.Node, Now)
            : contact.Failed(why, Now) && contact.View.Node is null // a link that was there is lost, which is said already
        )
        {
            host.Say(contact.View);
        }
    }
}
