using Rollcall.Bench.Pairing;

namespace Rollcall.Bench.Explore;

/// <summary>An arm taken in steps of <see cref="Sizes.Chunk"/> operations, round and round.</summary>
internal sealed class ArmStepper
{
    private readonly Arm _arm;
    private int _from;

    /// <summary>Does one pass and checks its result.</summary>
    public ArmStepper(Arm arm)
    {
        _arm = arm;
        PairedRun.Check(arm);
        arm.Prepare();
    }

    /// <summary>The next step; from the end it goes on at the start.</summary>
    public long Step()
    {
        if (_from + Sizes.Chunk > _arm.Operations)
        {
            _from = 0;
            _arm.Prepare();
        }

        long sum = _arm.Work(_from, _from + Sizes.Chunk);
        _from += Sizes.Chunk;
        return sum;
    }
}
