namespace Rollcall.Testing.Support.Clients;

/// <summary>A known client as a reader of answers: it refuses exactly what the real one refuses.</summary>
/// <remarks>
/// <para>Owner: any thread; a reader has no state.</para>
/// <para>Source: each implementation names the sources that it was written against; where the real client crashes or misreads
/// later (a null that a later step dereferences, say), the model refuses at once.</para>
/// </remarks>
public interface IClientReader
{
    /// <summary>The client, for messages.</summary>
    string Name { get; }

    /// <summary>The format that the client asks for.</summary>
    WireFormat Format { get; }

    /// <summary>
    /// True if metadata keys reach the client's user as XStream escaped them: the client does not know the escapes.
    /// </summary>
    bool KeepsEscapedNames { get; }

    /// <summary>
    /// The members of <see cref="ClientInstance"/> that the client reads, of those in <see cref="ClientInstance.Members"/>.
    /// </summary>
    IReadOnlySet<string> Reads { get; }

    /// <summary>True if the real client ever asks for this kind of document.</summary>
    bool AsksFor(ClientDocument document);

    /// <summary>Reads one answer.</summary>
    /// <exception cref="ClientRejectsException">The real client would not have understood it.</exception>
    ClientView Read(ClientDocument document, ReadOnlyMemory<byte> body);
}
