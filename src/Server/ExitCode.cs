namespace Rollcall.Server;

/// <summary>How the process ends: a contract with scripts and supervisors.</summary>
internal static class ExitCode
{
    /// <summary>Asked to end, and ended cleanly.</summary>
    public const int Ended = 0;

    /// <summary>The options are wrong; all problems were printed and nothing was started.</summary>
    public const int WrongOptions = 2;

    /// <summary>It cannot listen where it should, because the port is in use, say.</summary>
    public const int CannotListen = 3;

    /// <summary>QUIC was demanded by an address, and this machine cannot speak it.</summary>
    public const int NoQuic = 4;

    /// <summary>The folder of <c>--data</c> cannot be used: another server has it, say, or it is another node's.</summary>
    public const int NoData = 5;
}
