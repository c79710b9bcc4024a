using Xunit.Abstractions;
using Xunit.Sdk;

namespace Rollcall.Testing.Support;

/// <summary>Gives the long tests their trait, so that `--filter Category=Long` finds them.</summary>
public sealed class LongTraitDiscoverer : ITraitDiscoverer
{
    public IEnumerable<KeyValuePair<string, string>> GetTraits(IAttributeInfo traitAttribute) => [new("Category", "Long")];
}
