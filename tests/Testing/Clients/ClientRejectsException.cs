namespace Rollcall.Testing.Support.Clients;

/// <summary>A model of a client refused an answer that the real client would refuse, crash on, or silently misread.</summary>
public sealed class ClientRejectsException(string client, string reason, Exception? cause = null)
    : Exception($"{client} rejects the answer: {reason}", cause)
{
    /// <summary>The client.</summary>
    public string Client { get; } = client;

    /// <summary>What it stumbled on, in its own terms.</summary>
    public string Reason { get; } = reason;
}
