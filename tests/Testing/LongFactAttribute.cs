using Xunit;
using Xunit.Sdk;

namespace Rollcall.Testing.Support;

/// <summary>A test that takes too long for every `dotnet test`: it is skipped, visibly, unless ROLLCALL_LONG=1, as `.ci/run` sets it.</summary>
[TraitDiscoverer("Rollcall.Testing.Support.LongTraitDiscoverer", "Rollcall.Testing.Support")]
[AttributeUsage(AttributeTargets.Method)]
public class LongFactAttribute : FactAttribute, ITraitAttribute
{
    public LongFactAttribute() => Skip = LongTests.WhySkipped;
}
