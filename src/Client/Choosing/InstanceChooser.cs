using Rollcall.Client.Catalogues;
using Rollcall.Core.Model;

namespace Rollcall.Client.Choosing;

/// <summary>Chooses an instance for a call, and learns from how calls go.</summary>
/// <remarks>
/// <para>Owner: one client; any thread, many at once.</para>
/// <para>Cost: a choice is a look at the clock, one or two random numbers and an interlocked addition, 0 bytes. Only when an instance
/// is put aside, or its time aside ends, or the catalogue changes, the plan of the list is made anew: O(instances of the list).</para>
/// </remarks>
internal sealed class InstanceChooser(ClientOptions options, ClientClock clock, Dice dice)
{
    // Counts the times that an instance was put aside or taken back: a plan from before is out of date, whatever list it is of.
    private int _judgements;

    // Beyond this many draws that hit the instance to avoid, the next best is looked for in order.
    private const int DrawsToAvoid = 4;

    /// <summary>An instance of the list; false: none can be called.</summary>
    /// <param name="list">From the catalogue in use now.</param>
    /// <param name="avoid">An instance that has just failed the caller: chosen again only if there is no other. Null: none.</param>
    /// <param name="pick">The instance; to be ended by its outcome.</param>
    public bool TryChoose(EndpointList list, ServiceEndpoint? avoid, out Pick pick)
    {
        ChoicePlan plan = PlanOf(list, clock.Now);
        ServiceEndpoint? chosen = plan.Choose(dice);
        for (int draws = 1; draws < DrawsToAvoid && IsSame(chosen, avoid); draws++)
        {
            chosen = plan.Choose(dice);
        }

        if (IsSame(chosen, avoid))
        {
            chosen = plan.AnyBut(avoid!) ?? chosen;
        }

        if (chosen is null)
        {
            pick = default;
            return false;
        }

        chosen.Health.Begin();
        pick = new Pick(this, chosen);
        return true;
    }

    internal void End(ServiceEndpoint called, CallOutcome outcome)
    {
        if (called.Health.End(outcome, clock.Now, options))
        {
            Interlocked.Increment(ref _judgements);
        }
    }

    private ChoicePlan PlanOf(EndpointList list, MonotonicTime now)
    {
        int judgements = Volatile.Read(ref _judgements);
        ChoicePlan? plan = list.Plan;
        if (plan is null || plan.Judgements != judgements || plan.ValidUntil <= now)
        {
            plan = ChoicePlan.Make(list, options, now, judgements);
            list.Plan = plan;
        }

        return plan;
    }

    private static bool IsSame(ServiceEndpoint? chosen, ServiceEndpoint? avoid) =>
        chosen is not null && avoid is not null && ReferenceEquals(chosen.Health, avoid.Health);
}
