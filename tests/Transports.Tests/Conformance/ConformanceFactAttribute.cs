using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Rollcall.Transports.Tests.Conformance;

/// <summary>A test of the suite: skipped in plain sight where the machine lacks what the subclass needs.</summary>
[XunitTestCaseDiscoverer("Rollcall.Transports.Tests.Conformance.ConformanceFactDiscoverer", "Rollcall.Transports.Tests")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class ConformanceFactAttribute : FactAttribute;

/// <summary>On a subclass of the suite: what it needs of the machine.</summary>
[AttributeUsage(AttributeTargets.Class)]
public abstract class ConformanceNeedAttribute : Attribute
{
    /// <summary>What is missing, in one line; null if all is there.</summary>
    public abstract string? Missing { get; }
}

/// <summary>On a subclass whose protocol has not all that the seam has: the tests that fit it. Its remarks say why the others do not.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ConformancePartsAttribute(params string[] tests) : Attribute
{
    /// <summary>Names of tests.</summary>
    public IReadOnlyList<string> Tests => tests;
}

/// <summary>Finds the tests of the suite in its subclasses.</summary>
public sealed class ConformanceFactDiscoverer(IMessageSink messages) : FactDiscoverer(messages)
{
    public override IEnumerable<IXunitTestCase> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions,
        ITestMethod testMethod,
        IAttributeInfo factAttribute
    ) =>
        testMethod.TestClass.Class.ToRuntimeType().GetCustomAttribute<ConformancePartsAttribute>() is { } parts
        && !parts.Tests.Contains(testMethod.Method.Name)
            ? []
            : base.Discover(discoveryOptions, testMethod, factAttribute);

    protected override IXunitTestCase CreateTestCase(
        ITestFrameworkDiscoveryOptions discoveryOptions,
        ITestMethod testMethod,
        IAttributeInfo factAttribute
    ) =>
        new ConformanceCase(
            DiagnosticMessageSink,
            discoveryOptions.MethodDisplayOrDefault(),
            discoveryOptions.MethodDisplayOptionsOrDefault(),
            testMethod
        );
}

/// <summary>One test of the suite in one subclass.</summary>
public sealed class ConformanceCase : XunitTestCase
{
    [Obsolete("For deserialization.")]
    public ConformanceCase() { }

    public ConformanceCase(IMessageSink messages, TestMethodDisplay display, TestMethodDisplayOptions options, ITestMethod method)
        : base(messages, display, options, method) { }

    protected override string? GetSkipReason(IAttributeInfo factAttribute) =>
        base.GetSkipReason(factAttribute)
        ?? TestMethod.TestClass.Class.ToRuntimeType().GetCustomAttribute<ConformanceNeedAttribute>(inherit: true)?.Missing;
}
