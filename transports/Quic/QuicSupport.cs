using System.Net.Quic;

namespace Rollcall.Transports.Quic;

/// <summary>Whether this machine can speak QUIC: .NET does it through a native library that is not part of it.</summary>
public static class QuicSupport
{
    private const string Remedy =
        "install libmsquic 2.2 or newer (Debian, Ubuntu, Fedora: package libmsquic of packages.microsoft.com; Alpine: package libmsquic)";

    /// <summary>True if listeners and dialers work.</summary>
    public static bool IsSupported => QuicListener.IsSupported;

    /// <summary>What is missing and how to get it, in one line; null if nothing is.</summary>
    public static string? Problem =>
        IsSupported ? null
        : OperatingSystem.IsLinux() ? $"QUIC needs the native library libmsquic with TLS 1.3, which .NET does not find here: {Remedy}"
        : OperatingSystem.IsWindows() ? "QUIC needs TLS 1.3: Windows 11, or Windows Server 2022, or newer"
        : OperatingSystem.IsMacOS() ? "QUIC needs the native library libmsquic, which .NET does not find here: brew install libmsquic"
        : ".NET has no QUIC on this system";
}
