using Rollcall.Core.Model;

namespace Rollcall.Core.Replication;

/// <summary>What two nodes of a cluster say to each other. Immutable; each is of bounded size, and may be lost, repeated or overtaken.</summary>
public abstract record PeerMessage;

/// <summary>The first message each way.</summary>
/// <param name="Node">The sender's id.</param>
/// <param name="ClusterId">Must be the receiver's.</param>
/// <param name="Version">The sender's boot and version now: what a starting receiver has to catch up with.</param>
/// <param name="Warming">True if the sender is itself not yet up to date.</param>
/// <param name="Heard">True if the receiver's has come.</param>
public sealed record PeerHello(uint Node, string ClusterId, RegistryVersion Version, bool Warming, bool Heard) : PeerMessage;

/// <summary>The sender wants no link with the receiver, and closes it.</summary>
/// <param name="Reason">For people.</param>
public sealed record PeerRefusal(string Reason) : PeerMessage;

/// <summary>The sender has warmed up.</summary>
/// <param name="Version">Its version now.</param>
public sealed record PeerReady(RegistryVersion Version) : PeerMessage;

/// <summary>The sender wants the receiver's changes.</summary>
/// <param name="Since">The last one it has; of another boot, or none: all.</param>
public sealed record FeedRequest(RegistryVersion Since) : PeerMessage;

/// <summary>Changes of the sender.</summary>
/// <param name="Boot">The sender's boot.</param>
/// <param name="From">They follow this version.</param>
/// <param name="To">They lead to this version.</param>
/// <param name="Reset">True: changes before <paramref name="To"/> are not kept; a repair has to find what is missing.</param>
/// <param name="States">The latest state of each key that changed.</param>
public sealed record FeedBatch(ulong Boot, ulong From, ulong To, bool Reset, IReadOnlyList<KeyedState> States) : PeerMessage;

/// <summary>The sender has applied changes.</summary>
/// <param name="Boot">The boot whose changes they are.</param>
/// <param name="Applied">All up to this version.</param>
/// <param name="Gap">True if a batch came that does not follow it.</param>
public sealed record FeedAck(ulong Boot, ulong Applied, bool Gap) : PeerMessage;

/// <summary>Leases renewed at their home. Passed on once by every node.</summary>
/// <param name="Node">The home.</param>
/// <param name="Boot">Its boot.</param>
/// <param name="Batch">The home counts them.</param>
/// <param name="Numbers">A <see cref="NumberSet"/>, encoded.</param>
public sealed record RenewSet(uint Node, ulong Boot, ulong Batch, ReadOnlyMemory<byte> Numbers) : PeerMessage;

/// <summary>The sender does not know which leases these numbers of a home mean.</summary>
/// <param name="Node">The home.</param>
/// <param name="Boot">Its boot.</param>
/// <param name="Numbers">At most <see cref="HomeQuestions.PortionMax"/>.</param>
public sealed record HomesRequest(uint Node, ulong Boot, IReadOnlyList<uint> Numbers) : PeerMessage;

/// <summary>Which leases they mean: keys and homes, without content.</summary>
/// <param name="Homes">Those that the sender knows.</param>
public sealed record HomesAnswer(IReadOnlyList<KeyedState> Homes) : PeerMessage;

/// <summary>The sender, whose id is the higher, wants the two compared: the other leads.</summary>
public sealed record RepairRequest : PeerMessage;

/// <summary>A repair begins: is this what the receiver holds?</summary>
/// <param name="Round">Names the repair; messages of another are ignored.</param>
/// <param name="Root">Hash of all.</param>
/// <param name="Count">Live instances.</param>
public sealed record DigestOffer(uint Round, ulong Root, int Count) : PeerMessage;

/// <summary>What the sender holds.</summary>
/// <param name="Round">The repair.</param>
/// <param name="Version">Its version.</param>
/// <param name="Count">Live instances.</param>
/// <param name="Equal">True: the same.</param>
/// <param name="Buckets">If not: hash of each bucket; or none, if the sender is in another repair.</param>
public sealed record DigestAnswer(uint Round, ulong Version, int Count, bool Equal, IReadOnlyList<ulong> Buckets) : PeerMessage
{
    /// <summary>True: they differ, and the sender wants to be asked again when it may be through with another repair.</summary>
    public bool IsBusy => !Equal && Buckets.Count == 0;
}

/// <summary>Asks for coded symbols of what is in some buckets.</summary>
/// <param name="Round">The repair.</param>
/// <param name="From">The first one; at 0 the row begins, over what the receiver holds then.</param>
/// <param name="Count">How many.</param>
/// <param name="Salt">Of the items.</param>
/// <param name="Buckets">A bit each; empty if <paramref name="From"/> is not 0.</param>
public sealed record SymbolsRequest(uint Round, int From, int Count, ulong Salt, IReadOnlyList<ulong> Buckets) : PeerMessage;

/// <summary>Coded symbols, <see cref="Symbol.Bytes"/> each.</summary>
/// <param name="Round">The repair.</param>
/// <param name="Version">The sender's version that they are of.</param>
/// <param name="From">The first one.</param>
/// <param name="Symbols">Sum in 6 bytes and check in 4, little-endian, one after the other.</param>
public sealed record SymbolsAnswer(uint Round, ulong Version, int From, ReadOnlyMemory<byte> Symbols) : PeerMessage;

/// <summary>Asks for records.</summary>
/// <param name="Round">The repair.</param>
/// <param name="Portion">The sender counts them.</param>
/// <param name="Items">48 bits each; none: all that the receiver holds.</param>
public sealed record ItemsRequest(uint Round, int Portion, IReadOnlyList<ulong> Items) : PeerMessage;

/// <summary>Records asked for.</summary>
/// <param name="Round">The repair.</param>
/// <param name="Portion">Of the request.</param>
/// <param name="Part">Counted from 0 within the portion.</param>
/// <param name="Last">True: the portion is complete.</param>
/// <param name="Version">The sender's version that they are of.</param>
/// <param name="States">The records, as they are now.</param>
public sealed record ItemsAnswer(uint Round, int Portion, int Part, bool Last, ulong Version, IReadOnlyList<KeyedState> States) : PeerMessage;

/// <summary>Records that only the sender holds.</summary>
/// <param name="Round">The repair.</param>
/// <param name="Part">Counted from 0.</param>
/// <param name="States">The records, as they are now.</param>
public sealed record ItemsPush(uint Round, int Part, IReadOnlyList<KeyedState> States) : PeerMessage;

/// <summary>They are applied.</summary>
/// <param name="Round">The repair.</param>
/// <param name="Part">Of the push.</param>
/// <param name="Newer">What the sender knows better, ends included.</param>
public sealed record ItemsPushed(uint Round, int Part, IReadOnlyList<KeyedState> Newer) : PeerMessage;

/// <summary>The repair is complete: the receiver has all that the sender held.</summary>
/// <param name="Round">The repair.</param>
/// <param name="Version">The sender's version that was compared.</param>
/// <param name="Equal">True if nothing differed.</param>
public sealed record RepairDone(uint Round, ulong Version, bool Equal) : PeerMessage;
