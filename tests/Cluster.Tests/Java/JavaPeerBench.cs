using System.Globalization;
using Rollcall.Core;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Replication;
using Rollcall.Testing.Support;

namespace Rollcall.Cluster.Tests.Java;

/// <summary>A node, and one Java server that is its peer; no socket, time by hand.</summary>
internal sealed class JavaPeerBench
{
    public JavaPeerBench(bool ownPeersFirst = false, RegistryOptions? options = null)
    {
        Under = new SteppedRegistry((options ?? SteppedRegistry.Unguarded) with { NodeId = 1, Cluster = new ClusterOptions { ClusterId = "test" } });
        Node = new ClusterNode(Under.Registry, expectsPeers: true, Under.Now);
        Mesh = new JavaMesh(Node, ownPeersFirst, Under.Now);
        Peer = Mesh.Add(new PeerContact("eureka+http://java:8761/eureka", Under.Now));
    }

    public SteppedRegistry Under { get; }

    public RegistryService Registry => Under.Registry;

    public ClusterNode Node { get; }

    public JavaMesh Mesh { get; }

    public JavaPeer Peer { get; }

    /// <summary>A node that has copied what there was: nothing.</summary>
    public static JavaPeerBench Joined(RegistryOptions? options = null)
    {
        var bench = new JavaPeerBench(options: options);
        Assert.Null(bench.Take()!.Items);
        bench.Peer.Copied([], bench.Under.Now);
        return bench;
    }

    public JavaCall? Take() => Peer.TryTake(Under.Now, out JavaCall call) ? call : null;

    /// <summary>What is told now: <c>Register A/1, Renew A/2</c>; empty if nothing is.</summary>
    public string Told() => Take() is { } call ? Text(call) : "";

    /// <summary>The same after a while, in which batches may follow each other again.</summary>
    public string ToldLater()
    {
        Under.Pass(TimeSpan.FromSeconds(1));
        return Told();
    }

    /// <summary>Every item of the batch under way is answered with one verdict.</summary>
    public void Answer(int items, JavaVerdict verdict = JavaVerdict.Done, Registration? newer = null) =>
        Peer.Answered([.. Enumerable.Repeat(new JavaAnswer(verdict, newer), items)], Under.Now);

    public LeaseHandle Register(string id, WriteSource source = WriteSource.Owner, long stamp = 5) =>
        Registry.Register(Of(id, stamp), Under.Now, source).Handle;

    /// <summary>Registered here, and the Java server knows.</summary>
    public LeaseHandle RegisterTold(string id)
    {
        LeaseHandle handle = Register(id);
        Assert.Equal($"Register A/{id}", Told());
        Answer(1);
        Assert.Equal("", ToldLater()); // that it is registered says that it is renewed
        return handle;
    }

    /// <summary>Registered here, the Java server knows, and is being told that it is renewed: the call is under way.</summary>
    public LeaseHandle RenewTold(string id)
    {
        LeaseHandle handle = RegisterTold(id);
        Assert.True(Registry.Renew(handle, Under.Now));
        Assert.Equal($"Renew A/{id}", ToldLater());
        return handle;
    }

    public static Registration Of(string id, long stamp = 5) => RegistrationBuilder.Of("A", id) with { ClientStamp = stamp };

    public static string Text(JavaCall call) => string.Join(", ", call.Items!.Select(item => $"{item.Verb} {item.Record}"));

    public static string Many(string verb, int count) =>
        string.Join(", ", Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{verb} A/{i}")));
}
