using System.Text;

namespace Rollcall.Core.Model;

/// <summary>Names one instance: service, then id, as UTF-8. Lives on the stack, straight over the bytes of a request.</summary>
/// <remarks>
/// <para>The service compares without case (canonical form: upper case, invariant culture); the id compares with case.</para>
/// <para>One id may live in two services: they are two instances that do not touch each other.</para>
/// </remarks>
public readonly ref struct InstanceKey
{
    /// <summary>A key over bytes that the caller keeps alive for the call.</summary>
    public InstanceKey(ReadOnlySpan<byte> service, ReadOnlySpan<byte> id)
    {
        Service = service;
        Id = id;
    }

    /// <summary>Service name, UTF-8, in any case.</summary>
    public ReadOnlySpan<byte> Service { get; }

    /// <summary>Instance id, UTF-8.</summary>
    public ReadOnlySpan<byte> Id { get; }

    /// <summary>A key from strings; allocates. For operators' calls and tests, not for heartbeats.</summary>
    public static InstanceKey Of(string service, string id) => new(Encoding.UTF8.GetBytes(service), Encoding.UTF8.GetBytes(id));

    /// <summary>The key of a record.</summary>
    public static InstanceKey Of(Instance instance) => new(instance.Service.Utf8, instance.IdUtf8);

    /// <summary><c>SERVICE/id</c>, for people.</summary>
    public override string ToString() => $"{Encoding.UTF8.GetString(Service).ToUpperInvariant()}/{Encoding.UTF8.GetString(Id)}";
}
