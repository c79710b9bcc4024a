using System.Buffers;
using Rollcall.Core.Seams;
using Rollcall.Testing.Support;

namespace Rollcall.Transports.Tests.Codecs;

/// <summary>Encoders write from the instance's own bytes: a million instances make no garbage.</summary>
public class EncoderAllocationTests
{
    private const int Rounds = 10;
    private const int CallsPerRound = 1_000;

    [Theory]
    [InlineData("json", false)]
    [InlineData("json", true)]
    [InlineData("xml", false)]
    [InlineData("xml", true)]
    public void Writing_an_instance_allocates_nothing(string format, bool compact)
    {
        var stepped = new SteppedRegistry();
        stepped.Register(Read.Json(Samples.Everything));
        InstanceView view = Encode.View(stepped.Registry, stepped.Find("demo", "i-123")!);
        var output = new ArrayBufferWriter<byte>(1 << 16);

        if (format == "json")
        {
            AssertNothing(new Http.Eureka.EurekaJsonEncoder(compact), output, view);
        }
        else
        {
            AssertNothing(new Http.Eureka.EurekaXmlEncoder(compact), output, view);
        }
    }

    private static void AssertNothing<TEncoder>(TEncoder encoder, ArrayBufferWriter<byte> output, InstanceView view)
        where TEncoder : struct, ISnapshotEncoder
    {
        // The runtime compiles anew, and allocates for it, in one of the first rounds; a call that allocates does in all.
        Assert.Contains(0, Enumerable.Range(0, Rounds).Select(_ => AllocatedByRound(encoder, output, view)));
    }

    private static long AllocatedByRound<TEncoder>(TEncoder encoder, ArrayBufferWriter<byte> output, InstanceView view)
        where TEncoder : struct, ISnapshotEncoder
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < CallsPerRound; i++)
        {
            output.ResetWrittenCount();
            encoder.WriteInstance(output, view);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
