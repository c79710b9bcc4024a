using System.Text;
using Rollcall.Core.Access;
using Rollcall.Transports.Wire.Compression;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Transports.Wire.Sessions;

/// <summary>What a hello decides: who the client is, and what both sides go by.</summary>
internal static class Greeting
{
    /// <summary>Who says a hello; null: nobody that may come in.</summary>
    /// <remarks>A caller that shows nothing is whom its certificate names; one that shows something wrong is nobody, whatever its certificate.</remarks>
    public static Principal? Who(in HelloRequest hello, LanePeer peer, AccessPolicy access)
    {
        Principal? who = hello.Kind switch
        {
            CredentialKind.None => peer.ByCertificate ?? access.WithoutCredentials,
            CredentialKind.Token => access.ByToken(Encoding.UTF8.GetBytes(hello.Secret)),
            CredentialKind.Password => access.ByPassword(hello.User, hello.Secret),
            _ => null,
        };
        return who is null || who.Roles == AccessRoles.None ? null : who;
    }

    /// <summary>What somebody is told who is nobody.</summary>
    public static string Unknown(CredentialKind shown) =>
        shown == CredentialKind.None
            ? "Credentials are asked for: no token was shown, and no certificate that is known here."
            : "These credentials are not known here.";

    /// <summary>What the server tells about itself.</summary>
    public static HelloAnswer Answer(ulong epoch, Packing packing, WireOptions options) =>
        new(
            WireVersion.Major,
            WireVersion.Minor,
            packing,
            epoch,
            (uint)options.FrameBytesMax,
            (uint)options.HandlesPerFrameMax,
            (uint)options.UnacknowledgedBytesMax,
            (uint)options.UnacknowledgedUpdatesMax,
            (uint)options.IdleTimeout.TotalMilliseconds
        );
}
