using Rollcall.Core.Model;
using Rollcall.Transports.Http.Eureka;

namespace Rollcall.Transports.Tests.Codecs;

/// <summary>Reads, and fails the test if the outcome is the other one.</summary>
internal static class Read
{
    public static Registration Json(string text) => Json(Samples.Bytes(text));

    public static Registration Json(byte[] body)
    {
        bool read = EurekaJsonReader.TryReadRegistration(
            body,
            EurekaLimits.Default,
            out Registration? registration,
            out string? problem
        );
        Assert.True(read, problem);
        return registration!;
    }

    public static Registration Xml(string text) => Xml(Samples.Bytes(text));

    public static Registration Xml(byte[] body)
    {
        bool read = EurekaXmlReader.TryReadRegistration(
            body,
            EurekaLimits.Default,
            out Registration? registration,
            out string? problem
        );
        Assert.True(read, problem);
        return registration!;
    }

    public static string JsonProblem(string text) => JsonProblem(Samples.Bytes(text));

    public static string JsonProblem(byte[] body)
    {
        bool read = EurekaJsonReader.TryReadRegistration(body, EurekaLimits.Default, out _, out string? problem);
        Assert.False(read, "expected a problem");
        return AssertReadable(problem);
    }

    public static string XmlProblem(string text) => XmlProblem(Samples.Bytes(text));

    public static string XmlProblem(byte[] body)
    {
        bool read = EurekaXmlReader.TryReadRegistration(body, EurekaLimits.Default, out _, out string? problem);
        Assert.False(read, "expected a problem");
        return AssertReadable(problem);
    }

    public static IReadOnlyList<ReplicationItem> Batch(string text)
    {
        bool read = EurekaJsonReader.TryReadBatch(Samples.Bytes(text), EurekaLimits.Default, out var items, out string? problem);
        Assert.True(read, problem);
        return items!;
    }

    public static string BatchProblem(string text, EurekaLimits? limits = null)
    {
        bool read = EurekaJsonReader.TryReadBatch(
            Samples.Bytes(text),
            limits ?? EurekaLimits.Default,
            out _,
            out string? problem
        );
        Assert.False(read, "expected a problem");
        return AssertReadable(problem);
    }

    /// <summary>One sentence that fits on a line, whatever was sent.</summary>
    public static string AssertReadable(string? problem)
    {
        Assert.False(string.IsNullOrWhiteSpace(problem));
        Assert.InRange(problem!.Length, 5, 500);
        Assert.DoesNotContain(problem, char.IsControl);
        return problem;
    }
}
