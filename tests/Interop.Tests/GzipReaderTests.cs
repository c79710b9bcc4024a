using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Rollcall.Core;
using Rollcall.Core.Model;
using Rollcall.Core.Snapshots;
using Rollcall.Interop.Tests.RealClients;
using Rollcall.Transports.Http.Eureka;

namespace Rollcall.Interop.Tests;

/// <summary>A full document of many blocks is one gzip member to decompressors that are not .NET's.</summary>
public sealed class GzipReaderTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();
    private readonly byte[] _plain;

    public GzipReaderTests()
    {
        var registry = new RegistryService(new RegistryOptions(), TimeProvider.System);
        for (int i = 0; i < 1_000; i++)
        {
            registry.Register(Sample(i), registry.Now);
        }

        var cache = new EncodedSnapshotCache<EurekaJsonEncoder>(registry, new EurekaJsonEncoder(compact: false));
        cache.Full(registry.ReadSnapshot(), DocumentCoding.Gzip);
        registry.SetStatus(InstanceKey.Of("service-3", "i-3"), InstanceStatus.OutOfService, registry.Now);
        _plain = Bytes(cache.Full(registry.ReadSnapshot(), DocumentCoding.Plain));
        File.WriteAllBytes(_file, Bytes(cache.Full(registry.ReadSnapshot(), DocumentCoding.Gzip)));
    }

    public void Dispose() => File.Delete(_file);

    [NodeProgramFact]
    public void Node_reads_it_whole()
    {
        string copy = _file + ".plain";
        const string Script = "const fs=require('fs'),z=require('zlib');fs.writeFileSync(process.argv[2],z.gunzipSync(fs.readFileSync(process.argv[1])))";
        try
        {
            Assert.Null(Tool.Problem(TimeSpan.FromSeconds(60), null, "node", "-e", Script, _file, copy));
            Assert.Equal(_plain, File.ReadAllBytes(copy));
        }
        finally
        {
            File.Delete(copy);
        }
    }

    [ZlibFact]
    public void Zlib_reads_it_whole()
    {
        nint file = Zlib.Open(_file, "rb");
        Assert.NotEqual(0, file);
        try
        {
            byte[] text = new byte[_plain.Length + 1];
            Assert.Equal(_plain.Length, Zlib.Read(file, text, (uint)text.Length));
            Assert.Equal(_plain, text.AsSpan(0, _plain.Length).ToArray());
        }
        finally
        {
            Assert.Equal(0, Zlib.Close(file));
        }
    }

    private static Registration Sample(int i) =>
        new()
        {
            Service = $"service-{i % 7}",
            Id = $"i-{i}",
            HostName = string.Create(CultureInfo.InvariantCulture, $"host-{i}.example"),
            Address = "10.0.0.1",
            Port = 8080,
            PortEnabled = true,
            Metadata = [new("note", new string('é', i % 100))],
        };

    private static byte[] Bytes(EncodedDocument document)
    {
        using var bytes = new MemoryStream();
        foreach (ReadOnlyMemory<byte> segment in document)
        {
            bytes.Write(segment.Span);
        }

        return bytes.ToArray();
    }

    /// <summary>Skipped, with the reason, where node is not on the PATH.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class NodeProgramFactAttribute : FactAttribute
    {
        public NodeProgramFactAttribute() => Skip = Tool.Problem(TimeSpan.FromSeconds(20), null, "node", "--version");
    }

    /// <summary>Skipped, with the reason, where the system has no zlib.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class ZlibFactAttribute : FactAttribute
    {
        public ZlibFactAttribute() => Skip = NativeLibrary.TryLoad(Zlib.Name, out _) ? null : $"{Zlib.Name} is not on this system";
    }

    private static class Zlib
    {
        public const string Name = "libz.so.1";

        public static nint Open(string path, string mode) => gzopen(Encoding.UTF8.GetBytes(path + '\0'), Encoding.UTF8.GetBytes(mode + '\0'));

        public static int Read(nint file, byte[] buffer, uint length) => gzread(file, buffer, length);

        public static int Close(nint file) => gzclose(file);

#pragma warning disable SYSLIB1054, CA5392, CA2101, IDE1006 // a test's import, of names that are zlib's
        [DllImport(Name)]
        private static extern nint gzopen(byte[] path, byte[] mode);

        [DllImport(Name)]
        private static extern int gzread(nint file, byte[] buffer, uint length);

        [DllImport(Name)]
        private static extern int gzclose(nint file);
#pragma warning restore SYSLIB1054, CA5392, CA2101, IDE1006
    }
}
