using Rollcall.Core.Model;
using Rollcall.Testing.Support;

namespace Rollcall.Transports.Tests.Conformance;

/// <summary>Seeded changes of every kind to few instances, so that places are left and taken again and again.</summary>
internal sealed class Churn(SteppedRegistry under, int seed)
{
    private static readonly string[] s_services = ["orders", "payments", "größe"];
    private static readonly string?[] s_vips = [null, "orders", "orders,orders-v2", "other", "Orders,pay ments", "orders-v2"];
    private static readonly string?[] s_secureVips = [null, "orders-tls", "other-tls,orders-tls"];

    private readonly Random _random = new(seed);

    /// <summary>Does <paramref name="steps"/> steps; most of them make one change, some none or several.</summary>
    public void Run(int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            Step(Pick(s_services)!, $"i-{_random.Next(8)}");
        }
    }

    private void Step(string service, string id)
    {
        switch (_random.Next(12))
        {
            case 0 or 1 or 2 or 3:
                under.Register(
                    RegistrationBuilder.Full(service, id) with
                    {
                        Vips = Pick(s_vips),
                        SecureVips = Pick(s_secureVips),
                        Status = (InstanceStatus)_random.Next(5),
                        LeaseDuration = TimeSpan.FromSeconds(_random.Next(5, 60)),
                        RenewalInterval = TimeSpan.FromSeconds(4),
                        Metadata = [new("n", $"{_random.Next(100)}")],
                    }
                );
                break;
            case 4 or 5 or 6:
                under.SetStatus(service, id, (InstanceStatus)_random.Next(4));
                break;
            case 7 or 8:
                under.ClearStatus(service, id);
                break;
            case 9:
                under.SetMetadata(service, id, ("m", $"{_random.Next(100)}"), ("n", "x"));
                break;
            case 10:
                under.Cancel(service, id);
                break;
            default:
                under.Pass(TimeSpan.FromSeconds(1));
                break;
        }
    }

    private T Pick<T>(T[] from) => from[_random.Next(from.Length)];
}
