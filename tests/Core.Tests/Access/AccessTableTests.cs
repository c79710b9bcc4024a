using System.Text;
using Rollcall.Core.Access;
using Rollcall.Core.Seams;

namespace Rollcall.Core.Tests.Access;

/// <summary>Who may do what, as one table: operation by role, for the services that a registrar is bound to and for others.</summary>
public class AccessTableTests
{
    private const string Own = "orders-eu";
    private const string Foreign = "payments";

    // own and foreign service; of Renew, "handle" is a renewal by handle
    private const string Golden = """
        operation     nobody      reader      registrar   bound       operator    peer
        Ping          own foreign own foreign own foreign own foreign own foreign own foreign
        Register      -           -           own foreign own         -           own foreign
        Renew         -           -           own foreign own         -           own foreign
        Cancel        -           -           own foreign own         own foreign own foreign
        SetStatus     -           -           own foreign own         own foreign own foreign
        SetMetadata   -           -           own foreign own         own foreign own foreign
        Read          -           own foreign own foreign own foreign own foreign own foreign
        Watch         -           own foreign own foreign own foreign own foreign own foreign
        ConfirmLoss   -           -           -           -           own foreign -
        Replicate     -           -           -           -           -           own foreign
        by handle     -           -           may         may         -           may
        """;

    private static readonly Principal[] s_callers =
    [
        Principal.Nobody,
        new("reader", AccessRoles.Reader),
        new("registrar", AccessRoles.Registrar),
        new("bound", AccessRoles.Registrar, "Orders-*", "shipping"),
        new("operator", AccessRoles.Operator),
        new("peer", AccessRoles.Peer),
    ];

    [Fact]
    public void The_rights_are_exactly_these()
    {
        var table = new StringBuilder();
        Line(table, "operation", s_callers.Select(caller => caller.Name));
        foreach (RegistryOperation operation in Enum.GetValues<RegistryOperation>())
        {
            Line(table, $"{operation}", s_callers.Select(caller => Rights(caller, operation)));
        }

        Line(table, "by handle", s_callers.Select(caller => caller.Refuse(RegistryOperation.Renew) is null ? "may" : "-"));
        Assert.Equal(Golden.ReplaceLineEndings("\n"), table.ToString().TrimEnd('\n'));
    }

    [Fact]
    public void Several_roles_may_what_each_of_them_may()
    {
        for (int roles = 0; roles <= (int)AccessRoles.All; roles++)
        {
            var caller = new Principal("several", (AccessRoles)roles, "orders-*");
            foreach (RegistryOperation operation in Enum.GetValues<RegistryOperation>())
            {
                foreach (string service in (string[])[Own, Foreign])
                {
                    bool expected = Enumerable
                        .Range(0, 4)
                        .Select(bit => (AccessRoles)(roles & (1 << bit)))
                        .Any(role => new Principal("one", role, "orders-*").May(operation, service));
                    Assert.True(expected == caller.May(operation, service), $"{(AccessRoles)roles}: {operation} of {service}");
                }
            }
        }
    }

    [Fact]
    public void Everyone_where_nothing_is_asked_for_may_everything() =>
        Assert.All(Enum.GetValues<RegistryOperation>(), operation => Assert.Null(Principal.Anyone.Refuse(operation, Foreign)));

    [Fact]
    public void A_refusal_says_who_what_and_what_it_takes()
    {
        AccessRefusal nobody = Principal.Nobody.Refuse(RegistryOperation.Read)!;
        Assert.Equal(new AccessRefusal(LinkFailure.NotAuthenticated, "Read asks for credentials, and none were shown."), nobody);
        AccessRefusal bound = s_callers[3].Refuse(RegistryOperation.Register, Foreign)!;
        Assert.Equal(
            new AccessRefusal(
                LinkFailure.NotAllowed,
                "bound may not: Register of PAYMENTS asks for a registrar of that service, or peer; its role is registrar of ORDERS-*, SHIPPING."
            ),
            bound
        );
        AccessRefusal loss = s_callers[1].Refuse(RegistryOperation.ConfirmLoss)!;
        Assert.Equal("reader may not: ConfirmLoss asks for operator; its role is reader.", loss.Message);
    }

    private static string Rights(Principal caller, RegistryOperation operation)
    {
        string[] may = [.. new[] { Own, Foreign }.Where(service => caller.May(operation, service)).Select(s => s == Own ? "own" : "foreign")];
        Assert.Equal(may.Length == 2, caller.May(operation));
        return may.Length == 0 ? "-" : string.Join(' ', may);
    }

    private static void Line(StringBuilder table, string first, IEnumerable<string> cells) =>
        table.Append($"{first,-14}{string.Concat(cells.Select(cell => $"{cell,-12}"))}".TrimEnd()).Append('\n');
}
