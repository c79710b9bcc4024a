using Rollcall.Core;
using Rollcall.Core.Seams;

namespace Rollcall.Transports.Wire.Frames;

/// <summary>Why a request was not carried out: the first byte of an error frame. Below 16 are those of <see cref="RegistryErrorCode"/>.</summary>
internal enum WireErrorCode : byte
{
    /// <summary><see cref="RegistryErrorCode.UnknownHandle"/>.</summary>
    UnknownHandle = RegistryErrorCode.UnknownHandle,

    /// <summary>The credentials are missing or wrong.</summary>
    NotAuthenticated = 16,

    /// <summary>The credentials are good, but not for this.</summary>
    NotAllowed = 17,

    /// <summary>The first frame was no hello, or one came later.</summary>
    HelloExpected = 32,

    /// <summary>A major version that is not spoken here.</summary>
    UnsupportedVersion = 33,

    /// <summary>An operation that is not known here.</summary>
    UnknownOpcode = 34,

    /// <summary>A flag that is not known here, or has no meaning there.</summary>
    UnknownFlags = 35,

    /// <summary>A payload that is not what the operation asks for.</summary>
    Malformed = 36,

    /// <summary>Over a limit.</summary>
    OverLimit = 48,

    /// <summary>Nothing came, or nothing was taken, for too long.</summary>
    TimedOut = 49,

    /// <summary>The server stops, or has as many sessions as it may.</summary>
    Unavailable = 50,

    /// <summary>A bug of the server.</summary>
    Fault = 51,
}

/// <summary>What the codes mean to callers of a link: the one table.</summary>
internal static class WireErrorMap
{
    /// <summary>The refusal that a code below 16 stands for; null of others.</summary>
    public static RegistryErrorCode? Refusal(WireErrorCode code) =>
        (byte)code is >= (byte)RegistryErrorCode.UnknownInstance and <= (byte)RegistryErrorCode.Warming
            ? (RegistryErrorCode)code
            : null;

    /// <summary>The code for a lack of rights.</summary>
    public static WireErrorCode Of(LinkFailure lack) =>
        lack == LinkFailure.NotAuthenticated ? WireErrorCode.NotAuthenticated : WireErrorCode.NotAllowed;

    /// <summary>How a link fails by a code.</summary>
    public static LinkFailure Failure(WireErrorCode code) =>
        code switch
        {
            WireErrorCode.NotAuthenticated => LinkFailure.NotAuthenticated,
            WireErrorCode.NotAllowed => LinkFailure.NotAllowed,
            WireErrorCode.OverLimit => LinkFailure.LimitExceeded,
            (WireErrorCode)RegistryErrorCode.Warming or WireErrorCode.TimedOut or WireErrorCode.Unavailable or WireErrorCode.Fault => LinkFailure.Unavailable,
            _ => LinkFailure.Protocol,
        };
}
