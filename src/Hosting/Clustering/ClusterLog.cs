using Microsoft.Extensions.Logging;
using Rollcall.Core.Replication;

namespace Rollcall.Hosting.Clustering;

/// <summary>What is written of peers: one line per change of a link's state. The event ids are a contract with users.</summary>
internal static partial class ClusterLog
{
    [LoggerMessage(40, LogLevel.Information, "Peer {Node} linked: {Address}")]
    public static partial void PeerLinked(this ILogger logger, string node, string address);

    [LoggerMessage(41, LogLevel.Warning, "Peer {Node} lost, {Address}: {Why}")]
    public static partial void PeerLost(this ILogger logger, string node, string address, string why);

    [LoggerMessage(42, LogLevel.Warning, "Peer {Address} cannot be reached: {Why} Trying again until it can, and saying so once")]
    public static partial void PeerUnreachable(this ILogger logger, string address, string why);

    [LoggerMessage(43, LogLevel.Warning, "Peer {Address} not linked: {Why}")]
    public static partial void PeerRefused(this ILogger logger, string address, string why);

    [LoggerMessage(44, LogLevel.Information, "Peer {Address} is this node itself, and left out")]
    public static partial void PeerIsSelf(this ILogger logger, string address);

    [LoggerMessage(45, LogLevel.Information, "Reads wait: {Why}")]
    public static partial void Warming(this ILogger logger, string why);

    [LoggerMessage(46, LogLevel.Information, "Reads are served")]
    public static partial void Warm(this ILogger logger);

    [LoggerMessage(47, LogLevel.Error, "The link with {Address} failed: this is a bug")]
    public static partial void LinkFailed(this ILogger logger, Exception exception, string address);

    [LoggerMessage(48, LogLevel.Error, "The cluster does not move on; trying again, and saying so once")]
    public static partial void TickFailed(this ILogger logger, Exception exception);

    [LoggerMessage(49, LogLevel.Information, "Peer {Address} answers: {Why}")]
    public static partial void PeerAnswers(this ILogger logger, string address, string why);

    [LoggerMessage(
        52,
        LogLevel.Error,
        "Peer {Address} sends what no registry takes in; it is left out, which is said once per link, and the two will not agree on it: {Why}"
    )]
    public static partial void LeftOut(this ILogger logger, string address, string why);

    /// <summary>The line for a state.</summary>
    public static void Say(this ILogger logger, PeerContactView view)
    {
        switch (view.State)
        {
            case PeerState.Linked:
                logger.PeerAnswers(view.Address, view.Why);
                break;
            case PeerState.Self:
                logger.PeerIsSelf(view.Address);
                break;
            case PeerState.Refused:
                logger.PeerRefused(view.Address, view.Why);
                break;
            default:
                logger.PeerUnreachable(view.Address, view.Why);
                break;
        }
    }
}
