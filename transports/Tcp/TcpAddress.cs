namespace Rollcall.Transports.Tcp;

/// <summary>An address for people.</summary>
internal static class TcpAddress
{
    public static string Show(object place, bool isEncrypted) => $"{(isEncrypted ? "tcps" : "tcp")}://{place}";
}
