using Rollcall.Bench.Fleet;
using Rollcall.Bench.Pairing;
using Rollcall.Bench.Reports;

namespace Rollcall.Bench.Targets;

/// <summary>Row 2: a renewal by service and id as UTF-8 against a dictionary of strings.</summary>
internal static class RenewByKey
{
    public static Measurement Measure()
    {
        var arms = new RenewalArms(new FleetRegistry(TargetSize.Million));
        PairedResult byString = PairedRun.Measure(arms.ByKey(), arms.DictionaryByString());
        PairedResult byUtf8 = PairedRun.Measure(arms.ByKey(), arms.DictionaryByUtf8());
        return new Measurement(
            [
                Ratios.Figure("renew by key, against a ready-made string", byString) with { Ship = 0.6, Target = 0.35 },
                Ratios.Figure("renew by key, against a look-up from UTF-8", byUtf8),
                Ratios.Bytes("bytes allocated by a renewal by key", byString, byUtf8),
            ],
            "The dictionary's keys are SERVICE/id. What is looked up is another string than the one in the dictionary, as after a request."
        );
    }
}
