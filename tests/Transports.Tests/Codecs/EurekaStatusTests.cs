using System.Text;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Testing.Support;
using Rollcall.Transports.Http.Eureka;

namespace Rollcall.Transports.Tests.Codecs;

public class EurekaStatusTests
{
    [Theory]
    [InlineData(InstanceStatus.Up, "UP")]
    [InlineData(InstanceStatus.Down, "DOWN")]
    [InlineData(InstanceStatus.Starting, "STARTING")]
    [InlineData(InstanceStatus.OutOfService, "OUT_OF_SERVICE")]
    [InlineData(InstanceStatus.Unknown, "UNKNOWN")]
    public void A_status_has_one_name(InstanceStatus status, string name)
    {
        Assert.Equal(name, EurekaStatus.Text(status));
        Assert.Equal(name, Encoding.UTF8.GetString(EurekaStatus.Utf8(status)));
        Assert.True(EurekaStatus.TryParseExact(name, out InstanceStatus parsed));
        Assert.Equal(status, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("up")]
    [InlineData("UP ")]
    [InlineData("0")]
    [InlineData("OutOfService")]
    public void Any_other_text_is_none(string text) => Assert.False(EurekaStatus.TryParseExact(text, out _));

    [Fact]
    public void The_hash_counts_by_name_of_the_status()
    {
        var stepped = new SteppedRegistry();
        Assert.Equal("", AppsHash.Of(default));

        foreach (InstanceStatus status in Enum.GetValues<InstanceStatus>())
        {
            for (int i = 0; i <= 9 + (int)status; i++)
            {
                stepped.Register(RegistrationBuilder.Of("A", $"{status}-{i}") with { Status = status });
            }
        }

        StatusCounts counts = stepped.Registry.ReadSnapshot().Counts;
        Assert.Equal("DOWN_11_OUT_OF_SERVICE_13_STARTING_12_UNKNOWN_14_UP_10_", AppsHash.Of(counts));
    }
}
