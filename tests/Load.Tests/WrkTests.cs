using Rollcall.Load.Targets;

namespace Rollcall.Load.Tests;

/// <summary>What wrk prints is understood, and its errors are no answers.</summary>
public sealed class WrkTests
{
    private const string Good = """
        Running 1s test @ http://127.0.0.1:5000
          1 threads and 64 connections
          Thread Stats   Avg      Stdev     Max   +/- Stdev
            Latency     0.93ms    1.01ms  14.80ms   86.85%
          81234 requests in 1.10s, 9.12MB read
        Requests/sec:  73849.09
        """;

    [Fact]
    public void Its_requests_are_counted() => Assert.Equal(81_234, Wrk.RequestsIn(Good));

    [Theory]
    [InlineData("  Non-2xx or 3xx responses: 12")]
    [InlineData("  Socket errors: connect 0, read 3, write 0, timeout 0")]
    public void Errors_are_no_answers(string line) => Assert.Null(Wrk.RequestsIn(Good + "\n" + line));

    [Fact]
    public void Something_else_is_nothing() => Assert.Null(Wrk.RequestsIn("unable to connect"));
}
