using System.Globalization;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;

namespace Rollcall.Client;

/// <summary>What a notice is about. The numbers are stable: they are the ids of log events.</summary>
public enum ClientNoticeKind
{
    /// <summary>Calls now go to this server.</summary>
    ServerChosen = 1,

    /// <summary>The server in use failed.</summary>
    ServerLeft = 2,

    /// <summary>A server could not be reached; said once until one answers.</summary>
    ServerFailed = 3,

    /// <summary>The registry accepted the instance.</summary>
    Registered = 4,

    /// <summary>The registry refused the instance.</summary>
    Refused = 5,

    /// <summary>The instance is cancelled, or its end could not be told.</summary>
    Ended = 6,

    /// <summary>Instances that vanished without a word are kept for a while.</summary>
    Held = 7,

    /// <summary>The catalogue's file was taken, refused or could not be written.</summary>
    File = 8,
}

/// <summary>One change of a client's state, as one line for people, without secrets.</summary>
/// <param name="Kind">For programs.</param>
/// <param name="Problem">True if somebody may have to look.</param>
/// <param name="Message">For people.</param>
public readonly record struct ClientNotice(ClientNoticeKind Kind, bool Problem, string Message)
{
    internal static ClientNotice ServerChosen(string server, string address) =>
        new(ClientNoticeKind.ServerChosen, false, $"Registry: using {server} ({address}).");

    internal static ClientNotice ServerLeft(string server, LinkException failure) =>
        new(ClientNoticeKind.ServerLeft, true, $"Registry: leaving {server}, {failure.Failure}: {failure.Message}");

    internal static ClientNotice ServerFailed(string server, LinkException failure) =>
        new(ClientNoticeKind.ServerFailed, true, $"Registry: {server} does not work, {failure.Failure}: {failure.Message}");

    internal static ClientNotice Held(string service, int held, int left, TimeSpan length) =>
        new(
            ClientNoticeKind.Held,
            true,
            string.Create(
                CultureInfo.InvariantCulture,
                $"Catalogue: {held} instances of {service} vanished without a word and {left} would be left; they are kept for {DurationText.Show(length)}."
            )
        );

    internal static ClientNotice Registered(string instance, InstanceStatus status) =>
        new(ClientNoticeKind.Registered, false, $"Registry: {instance} is registered, {status}.");

    internal static ClientNotice Ended(string instance, bool cancelled) =>
        cancelled
            ? new(ClientNoticeKind.Ended, false, $"Registry: {instance} is cancelled.")
            : new(ClientNoticeKind.Ended, true, $"Registry: {instance} could not be cancelled; it goes when its lease ends.");

    internal static ClientNotice FileTaken(string path, int count, TimeSpan age) =>
        new(
            ClientNoticeKind.File,
            false,
            string.Create(CultureInfo.InvariantCulture, $"Catalogue: {count} instances from {path}, {age.TotalSeconds:0} s old, until a registry answers.")
        );

    internal static ClientNotice FileRefused(string path, string reason) =>
        new(ClientNoticeKind.File, true, $"Catalogue: {path} is not taken, {reason}.");

    internal static ClientNotice FileNotWritten(string path, string reason) =>
        new(ClientNoticeKind.File, true, $"Catalogue: {path} could not be written, {reason}");

    internal static ClientNotice Refused(RegistryError error) =>
        new(ClientNoticeKind.Refused, true, $"Registry: the instance was refused. {error.Message}");
}
