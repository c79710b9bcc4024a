using Rollcall.Core.Model;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests.Model;

/// <summary>A record made anew from what is told of it is the record.</summary>
public class InstanceRestoreTests
{
    private readonly SteppedRegistry _under = new();

    [Fact]
    public void It_equals_the_original_in_everything_that_can_be_read()
    {
        _under.Register(RegistrationBuilder.Full("orders", "full"), WriteSource.Peer);
        _under.Register(RegistrationBuilder.Of("größe", "least"));
        _under.Register(RegistrationBuilder.Of("orders", "other") with { Weight = 0, Port = 65_535, SecureVips = "" });
        _under.Clock.Pass(TimeSpan.FromMilliseconds(12_345));
        _under.SetStatus("orders", "other", InstanceStatus.OutOfService);
        _under.SetMetadata("größe", "least", ("b", ""), ("a", "😀"));
        foreach (Instance original in _under.Registry.ReadSnapshot().Instances())
        {
            var restored = Instance.Restore(
                new ServiceName(original.Service.Text),
                RegistrationBuilder.Like(original),
                RegistrationBuilder.FactsOf(original)
            );
            Assert.Equal(Portrait.Whole(original), Portrait.Whole(restored));
        }
    }

    [Fact]
    public void Many_that_share_a_service_share_its_text()
    {
        var service = new ServiceName("orders");
        foreach (Registration registration in RegistrationBuilder.Many("orders", 100))
        {
            _under.Register(registration);
        }

        foreach (Instance original in _under.Registry.ReadSnapshot().Instances())
        {
            var restored = Instance.Restore(service, RegistrationBuilder.Like(original), RegistrationBuilder.FactsOf(original));
            Assert.Equal(Portrait.Whole(original), Portrait.Whole(restored));
            Assert.Same(service, restored.Service);
        }
    }
}
