using Rollcall.Bench.Fleet;
using Rollcall.Bench.Pairing;
using Rollcall.Bench.Reports;

namespace Rollcall.Bench.Targets;

/// <summary>Row 10: a full read from the cached pieces against encoding and compressing for the request.</summary>
internal static class FullRead
{
    public static Measurement Measure()
    {
        var documents = new DocumentArms(new FleetRegistry(TargetSize.HundredThousand));
        if (!documents.IsTrue())
        {
            throw new InvalidOperationException("the cached document is not what encoding the registry whole gives");
        }

        PairedResult result = PairedRun.Measure(documents.Read(), documents.EncodePerRequest());
        Spread times = Spread.Of(result.Subjects.Zip(result.Controls, (s, c) => c.Nanoseconds / s.Nanoseconds));
        return new Measurement(
            [
                new Figure("full read of 100k instances, warm: times less CPU", times, "x")
                {
                    Control = Ratios.Times(result),
                    MoreIsBetter = true,
                    Ship = 30,
                    Target = 100,
                },
            ],
            "Every segment is copied through a buffer of 64 kB; both documents, unpacked, are the same bytes."
        );
    }
}
