namespace Rollcall.Transports.Http.Eureka;

/// <summary>One format's way to write the members that <see cref="InstanceOutline"/> names.</summary>
/// <remarks>Implemented by ref structs over a <see cref="Utf8Buffer"/>; texts are UTF-8 and escaped by the sink.</remarks>
internal interface IMemberSink
{
    /// <summary>Opens a group of members.</summary>
    void Open(Member group);

    /// <summary>Closes a group.</summary>
    void Close(Member group);

    /// <summary>Opens the data centre, with the marker that Java's clients want.</summary>
    void OpenDataCenter(ReadOnlySpan<byte> javaClass);

    /// <summary>Opens a map of pairs.</summary>
    void OpenMap(Member map);

    /// <summary>Writes a map without pairs, with the marker that Java's clients want.</summary>
    void EmptyMap(Member map);

    /// <summary>Writes a pair of a map.</summary>
    void Pair(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);

    /// <summary>Writes a text.</summary>
    void Text(Member member, ReadOnlySpan<byte> text);

    /// <summary>Writes a number as a number.</summary>
    void Number(Member member, long number);

    /// <summary>Writes a number as a text, where the format tells them apart.</summary>
    void NumberAsText(Member member, long number);

    /// <summary>Writes a port with its flag.</summary>
    void Port(Member member, int port, bool enabled);

    /// <summary>The member of the override: spelled differently in JSON and XML.</summary>
    Member OverriddenStatus { get; }
}
