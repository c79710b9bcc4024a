using Rollcall.Core.Seams;

namespace Rollcall.Client;

/// <summary>Opens a link to one address.</summary>
/// <remarks>
/// The caller disposes of the link. The implementer: a link that is open, or <see cref="LinkException"/>; heeds
/// <paramref name="cancellation"/>. <see cref="PlatformNotSupportedException"/> says that this machine cannot speak the protocol.
/// </remarks>
public delegate ValueTask<IRegistryLink> LinkFactory(Uri address, CancellationToken cancellation);

/// <summary>Opens a link to one address, as its caller says who dials: <c>TcpLink.OpenAsync</c> of the transport.</summary>
/// <remarks>
/// The caller disposes of the link. The implementer: as of <see cref="LinkFactory"/>; shows <paramref name="credential"/>, and believes the
/// servers that <paramref name="trust"/> says, or, if that is null, those that the system trusts.
/// </remarks>
public delegate ValueTask<IRegistryLink> LinkOpener(Uri address, LinkCredential? credential, TlsTrust? trust, CancellationToken cancellation);

/// <summary>Several addresses of one server, the preferred first: opens a link to the first that works, and says why not the others.</summary>
/// <remarks>
/// <para>
/// UDP is blocked here, a port is closed there: <c>quic://</c>, <c>tcp://</c> and <c>http://</c> of one server lead to the same
/// registry. An address works when it answers a ping. The application hands in how links of each scheme are opened, so that it ships
/// only the transports that it uses; credentials are part of that. List no address that must not see them.
/// </para>
/// <para>Shape: immutable; one after another, from the first each time, so that a better address is taken again once it works.</para>
/// </remarks>
public sealed class FirstReachable
{
    /// <summary>An address that does not answer within this long does not work.</summary>
    public static readonly TimeSpan AttemptLimitDefault = TimeSpan.FromSeconds(5);

    private readonly (Uri Address, LinkFactory Open)[] _candidates;
    private readonly TimeSpan _attemptLimit;
    private readonly TimeProvider _time;

    /// <summary>The addresses, and how to open a link by the scheme of its address.</summary>
    /// <exception cref="ArgumentException">No address; one with a scheme that has no factory; one that holds a secret.</exception>
    public FirstReachable(
        IEnumerable<Uri> addresses,
        IReadOnlyDictionary<string, LinkFactory> factories,
        TimeSpan? attemptLimit = null,
        TimeProvider? time = null
    )
    {
        _candidates = [.. addresses.Select(address => (address, FactoryOf(address, factories)))];
        if (_candidates.Length == 0)
        {
            throw new ArgumentException("Name at least one address of the server.", nameof(addresses));
        }

        _attemptLimit = attemptLimit ?? AttemptLimitDefault;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>A link to the first address that works, and the report.</summary>
    /// <exception cref="LinkException">
    /// None works: the message is that of the report. The failure is what all had in common, else <see cref="LinkFailure.Unreachable"/>.
    /// </exception>
    public async ValueTask<(IRegistryLink Link, LinkReport Report)> OpenAsync(CancellationToken cancellation = default)
    {
        var attempts = new List<LinkAttempt>();
        foreach ((Uri address, LinkFactory open) in _candidates)
        {
            try
            {
                IRegistryLink link = await TryAsync(address, open, cancellation);
                attempts.Add(new(address.OriginalString, null));
                return (link, new LinkReport(attempts));
            }
            catch (LinkException problem)
            {
                attempts.Add(new(address.OriginalString, problem));
            }
        }

        LinkFailure[] failures = [.. attempts.Select(attempt => attempt.Problem!.Failure).Distinct()];
        throw new LinkException(failures.Length == 1 ? failures[0] : LinkFailure.Unreachable, new LinkReport(attempts).ToString());
    }

    private static LinkFactory FactoryOf(Uri address, IReadOnlyDictionary<string, LinkFactory> factories)
    {
        if (address.UserInfo.Length > 0)
        {
            throw new ArgumentException($"The address of {address.Host} holds credentials: give them to the links, not to addresses.");
        }

        return factories.TryGetValue(address.Scheme, out LinkFactory? factory)
            ? factory
            : throw new ArgumentException(
                $"Nothing opens {address.OriginalString}: links are given for {string.Join(", ", factories.Keys.Order())}."
            );
    }

    private async ValueTask<IRegistryLink> TryAsync(Uri address, LinkFactory open, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(_attemptLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        IRegistryLink? link = null;
        try
        {
            link = await open(address, either.Token);
            await link.PingAsync(either.Token);
            return link;
        }
        catch (Exception exception)
        {
            if (link is not null)
            {
                await link.DisposeAsync();
            }

            if (ProblemOf(exception, isOver: limit.IsCancellationRequested && !cancellation.IsCancellationRequested) is { } problem)
            {
                throw problem;
            }

            throw;
        }
    }

    private LinkException? ProblemOf(Exception exception, bool isOver) =>
        exception switch
        {
            OperationCanceledException when isOver => new(
                LinkFailure.Unreachable,
                $"no answer within {_attemptLimit.TotalSeconds} s",
                exception
            ),
            PlatformNotSupportedException => new(LinkFailure.Unreachable, exception.Message, exception),
            _ => null,
        };
}
