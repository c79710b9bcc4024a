using Rollcall.Core.Model;

namespace Rollcall.Core.Tests.Model;

/// <summary>A version as text: what is written is read, and nothing else is.</summary>
public class RegistryVersionTests
{
    [Theory]
    [InlineData(0, 0, "0000000000000000-0")]
    [InlineData(0xABC, 17, "0000000000000abc-17")]
    [InlineData(ulong.MaxValue, ulong.MaxValue, "ffffffffffffffff-18446744073709551615")]
    public void What_is_written_is_read(ulong epoch, ulong number, string text)
    {
        var version = new RegistryVersion(epoch, number);
        Assert.Equal(text, version.ToString());
        Assert.True(RegistryVersion.TryParse(text, out RegistryVersion read));
        Assert.Equal(version, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("17")]
    [InlineData("abc-")]
    [InlineData("-17")]
    [InlineData("abc--17")]
    [InlineData("abc-17-1")]
    [InlineData("abc- 17")]
    [InlineData(" abc-17")]
    [InlineData("abc-17 ")]
    [InlineData("abc-+17")]
    [InlineData("xyz-17")]
    [InlineData("0x12-17")]
    [InlineData("10000000000000000-1")]
    [InlineData("00000000000000001-1")]
    [InlineData("1-18446744073709551616")]
    [InlineData("1-1a")]
    public void What_is_not_a_version_is_refused(string text)
    {
        Assert.False(RegistryVersion.TryParse(text, out RegistryVersion read));
        Assert.Equal(RegistryVersion.None, read);
    }
}
