using Rollcall.Core.Model;

namespace Rollcall.Transports.Tests.Codecs;

/// <summary>Compares registrations by value: lists of pairs, too.</summary>
internal static class RegistrationAssert
{
    public static void Equal(Registration expected, Registration actual)
    {
        Assert.Equal(expected.Metadata.AsEnumerable(), actual.Metadata.AsEnumerable());
        Assert.Equal(expected.Attributes.AsEnumerable(), actual.Attributes.AsEnumerable());
        Assert.Equal(Fields(expected), Fields(actual));
    }

    private static Registration Fields(Registration of) => of with { Metadata = [], Attributes = [] };
}
