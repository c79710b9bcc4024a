using System.Text;
using Rollcall.Core.Access;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Testing.Support;

namespace Rollcall.Transports.Tests.Conformance;

public abstract partial class ConformanceSuite
{
    private static readonly Principal[] s_callers =
    [
        new("reader", AccessRoles.Reader),
        new("registrar", AccessRoles.Registrar, "orders*"),
        new("any-registrar", AccessRoles.Registrar),
        new("operator", AccessRoles.Operator),
        new("peer", AccessRoles.Peer),
        new("reader-and-operator", AccessRoles.Reader | AccessRoles.Operator),
    ];

    [ConformanceFact]
    public async Task Each_caller_may_do_what_its_roles_say_and_nothing_else()
    {
        await using Venue venue = await OpenAsync(policy: new AccessPolicy(s_callers.Select(caller => Credential.Token(caller, Secret(caller)))));
        foreach (Principal caller in s_callers)
        {
            IRegistryLink link = await venue.DialAsync(SecretText(caller));
            foreach (string service in (string[])["orders-eu", "payments"])
            {
                LeaseHandle handle = venue.Under.Register(RegistrationBuilder.Of(service, "i-1")).Handle;
                foreach ((RegistryOperation operation, bool byHandle, Func<Task> call) in Calls(link, service, handle))
                {
                    AccessRefusal? refusal = caller.Refuse(operation, byHandle ? null : service);
                    string what = $"{caller.Name}: {operation} of {service}";
                    ulong before = venue.Under.Version;
                    if (refusal is null)
                    {
                        await venue.Soon(Done(call()), what);
                    }
                    else
                    {
                        LinkException refused = await Assert.ThrowsAsync<LinkException>(call);
                        Assert.Equal($"{what}: {LinkFailure.NotAllowed}: {refusal.Message}", $"{what}: {refused.Failure}: {refused.Message}");
                        Assert.Equal(before, venue.Under.Version);
                    }
                }
            }
        }
    }

    [ConformanceFact]
    public async Task A_caller_without_good_credentials_gets_nothing_and_no_secret_is_repeated()
    {
        await using Venue venue = await OpenAsync(policy: new AccessPolicy(s_callers.Select(caller => Credential.Token(caller, Secret(caller)))));
        venue.Under.Register(RegistrationBuilder.Of("orders", "i-1"));
        foreach (string? token in (string?[])[null, "wrong-secret", SecretText(s_callers[0])[..^1], SecretText(s_callers[0]).ToUpperInvariant()])
        {
            LinkException refused = await Assert.ThrowsAsync<LinkException>(async () =>
            {
                IRegistryLink link = await venue.DialAsync(token);
                await link.ReadAsync(InstanceFilter.All);
            });
            Assert.Equal(LinkFailure.NotAuthenticated, refused.Failure);
            for (Exception? told = refused; told is not null; told = told.InnerException)
            {
                Assert.DoesNotContain(token ?? "s3cret", told.Message, StringComparison.OrdinalIgnoreCase);
            }
        }
    }

    [ConformanceFact]
    public async Task The_address_of_a_link_names_no_secret()
    {
        await using Venue venue = await OpenAsync(policy: new AccessPolicy(Credential.Token(s_callers[0], Secret(s_callers[0]))));
        IRegistryLink link = await venue.DialAsync(SecretText(s_callers[0]));
        await link.PingAsync();
        Assert.DoesNotContain(SecretText(s_callers[0]), link.Address, StringComparison.OrdinalIgnoreCase);
    }

    private static IEnumerable<(RegistryOperation Operation, bool ByHandle, Func<Task> Call)> Calls(
        IRegistryLink link,
        string service,
        LeaseHandle handle
    ) =>
        [
            (RegistryOperation.Ping, true, () => link.PingAsync().AsTask()),
            (RegistryOperation.Register, false, () => link.RegisterAsync(RegistrationBuilder.Of(service, "i-2")).AsTask()),
            (RegistryOperation.Renew, true, () => link.RenewAsync(handle).AsTask()),
            (RegistryOperation.Renew, true, () => link.RenewAsync(new[] { handle }, new int[1]).AsTask()),
            (RegistryOperation.Renew, false, () => link.RenewAsync(service, "i-1").AsTask()),
            (RegistryOperation.SetStatus, false, () => link.SetStatusAsync(service, "i-1", InstanceStatus.OutOfService).AsTask()),
            (RegistryOperation.SetStatus, false, () => link.ClearStatusAsync(service, "i-1").AsTask()),
            (RegistryOperation.SetMetadata, false, () => link.SetMetadataAsync(service, "i-1", [new("a", "1")]).AsTask()),
            (RegistryOperation.Cancel, false, () => link.CancelAsync(service, "i-1").AsTask()),
            (RegistryOperation.Read, false, () => link.FindAsync(service, "i-1").AsTask()),
            (RegistryOperation.Read, false, () => link.ReadAsync(InstanceFilter.Services(service)).AsTask()),
            (RegistryOperation.Read, false, () => link.ReadDeltaAsync(RegistryVersion.None).AsTask()),
            (RegistryOperation.Read, false, () => link.ReadAcknowledgedAsync(service).AsTask()),
            (RegistryOperation.Watch, false, () => FirstOf(link.WatchAsync(InstanceFilter.Services(service), RegistryVersion.None))),
        ];

    private static async Task FirstOf(IAsyncEnumerable<RegistryUpdate> updates)
    {
        await foreach (RegistryUpdate update in updates)
        {
            Assert.Equal(UpdateKind.Snapshot, update.Kind);
            return;
        }
    }

    private static async Task<bool> Done(Task task)
    {
        await task;
        return true;
    }

    private static string SecretText(Principal caller) => $"s3cret-of-{caller.Name}";

    private static byte[] Secret(Principal caller) => Encoding.UTF8.GetBytes(SecretText(caller));
}
