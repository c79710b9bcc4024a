namespace Rollcall.Core.Replication;

/// <summary>Mistakes that tests make on purpose in this very code, to show that the simulator's checkers see them. None in life.</summary>
[Flags]
internal enum PlantedFaults
{
    None = 0,
    EndForgotten = 1,
    DigestMissesRemovals = 2,
    BatchAcknowledgedUnapplied = 4,
    LastWriterWins = 8,
    RenewSetsNotForwarded = 16,
    NoTimeForTheHome = 32,
    ReadsOpenAtOnce = 64,
    WrongEndStands = 128,
    ClearIsForgotten = 256,
    WindowIgnored = 1_024,
    HomesNotAsked = 2_048,
}
