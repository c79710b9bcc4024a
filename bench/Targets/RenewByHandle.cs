using Rollcall.Bench.Fleet;
using Rollcall.Bench.Pairing;
using Rollcall.Bench.Reports;

namespace Rollcall.Bench.Targets;

/// <summary>Row 1: a renewal by handle against the raw swap that it cannot be faster than.</summary>
internal static class RenewByHandle
{
    public static Measurement Measure()
    {
        var arms = new RenewalArms(new FleetRegistry(TargetSize.Million));
        PairedResult many = PairedRun.Measure(arms.ManyByHandle(), arms.RawSwap());
        PairedResult one = PairedRun.Measure(arms.OneByHandle(), arms.RawSwap());
        return new Measurement(
            [
                Ratios.Figure("renew by handle, 256 in a call", many) with { Ship = 2.5, Target = 1.5 },
                Ratios.Figure("renew by handle, one in a call", one) with { Ship = 2.5, Target = 1.5 },
                Ratios.Bytes("bytes allocated by a renewal by handle", many, one),
            ],
            "One tick passes before each pass, so that each renewal swaps its word."
        );
    }
}
