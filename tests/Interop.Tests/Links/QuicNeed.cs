using Rollcall.Testing.Support;
using Rollcall.Transports.Quic;

namespace Rollcall.Interop.Tests.Links;

/// <summary>A test that speaks QUIC: skipped, with the reason, where this machine does not.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class QuicFactAttribute : FactAttribute
{
    public QuicFactAttribute() => Skip = QuicSupport.Problem;
}

/// <summary>As <see cref="QuicFactAttribute"/>, for theories.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class QuicTheoryAttribute : TheoryAttribute
{
    public QuicTheoryAttribute() => Skip = QuicSupport.Problem;
}

/// <summary>A long test that speaks QUIC.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LongQuicFactAttribute : LongFactAttribute
{
    public LongQuicFactAttribute() => Skip ??= QuicSupport.Problem;
}

/// <summary>A machine without libmsquic, for one process: what stands in its place there is no library.</summary>
/// <remarks>The loader looks into these folders first, and what it finds it does not get past.</remarks>
internal sealed class NoQuic : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rollcall-no-quic-").FullName;

    public NoQuic()
    {
        foreach (string name in (string[])["libmsquic.so.2", "libmsquic.so"])
        {
            File.WriteAllText(Path.Combine(_folder, name), "This is no library.");
        }
    }

    /// <summary>For the environment of the process.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string> { ["LD_LIBRARY_PATH"] = _folder };

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
