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

/// <summary>Finds the tests of the suite in its subclasses.</summary>
public sealed class ConformanceFactDiscoverer(IMessageSink messages) : FactDiscoverer(messages)
{
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
