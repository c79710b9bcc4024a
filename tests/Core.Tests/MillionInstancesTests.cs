using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Snapshots;
using Rollcall.Testing.Support;

namespace Rollcall.Core.Tests;

/// <summary>A day in the life of a million instances, in one go: what is asserted is content, never time.</summary>
public sealed class MillionInstancesTests
{
    private const int Instances = 1_000_000;
    private const int Services = 5_000;

    // Every third lease is short; these are the ones that are left to end.
    private const int MortalEvery = 3;
    private const int ChangedEvery = 100;

    private static readonly TimeSpan s_short = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan s_renewal = TimeSpan.FromSeconds(20);

    private readonly SteppedRegistry _under = new(SteppedRegistry.Unguarded);
    private readonly EncodedSnapshotCache<LineEncoder> _cache;
    private readonly LeaseHandle[] _handles = new LeaseHandle[Instances];
    private readonly InstanceStatus?[] _expected = new InstanceStatus?[Instances]; // null: it is not there

    public MillionInstancesTests() => _cache = new(_under.Registry, default);

    private RegistryService Registry => _under.Registry;

    [Fact]
    public void A_million_instances_are_registered_renewed_changed_read_and_a_third_of_them_expires()
    {
        RegisterAll();
        Assert.Equal((Instances, Services), (Registry.ReadSnapshot().Count, Registry.ReadSnapshot().ServiceCount));
        Assert.Null(Delta());
        AssertFullDocument();

        OutliveTheRetention();
        ChangeOnePercent();
        AssertFullDocument();

        LetTheShortLeasesEnd();
        AssertFullDocument();
    }

    private static string Service(int i) => $"service-{i % Services:0000000}";

    private static string Id(int i) => $"i-{i:0000000}";

    private static bool IsMortal(int i) => i % MortalEvery == 0;

    private void RegisterAll()
    {
        // Two writers, so that one publishes while the other writes.
        Parallel.For(0, 2, half =>
        {
            for (int i = half; i < Instances; i += 2)
            {
                Registration registration = RegistrationBuilder.Of(Service(i), Id(i)) with
                {
                    LeaseDuration = IsMortal(i) ? s_short : s_long,
                };
                RegisterResult result = Registry.Register(registration, _under.Now);
                Assert.True(result is { Error: null, Created: true });
                _handles[i] = result.Handle;
                _expected[i] = InstanceStatus.Up;
            }
        });
        Assert.Equal((ulong)Instances, Registry.ReadSnapshot().Version);
    }

    /// <summary>Registrations grow too old for a delta; all is renewed meanwhile, so that nothing else happens.</summary>
    private void OutliveTheRetention()
    {
        for (TimeSpan passed = TimeSpan.Zero; passed <= Registry.Options.DeltaRetention + s_renewal; passed += s_renewal)
        {
            Assert.Equal(0, _under.Pass(s_renewal).Expired);
            Assert.Equal(0, Registry.Renew(_handles, _under.Now, new int[Instances]));
        }

        AssertSame(new InstanceStatus?[Instances], Read(Delta()));
    }

    private void ChangeOnePercent()
    {
        ulong since = _under.Version;
        int[] changed = [.. Enumerable.Range(0, Instances / ChangedEvery).Select(i => i * ChangedEvery)];
        foreach (int i in changed)
        {
            Assert.Null(_under.SetStatus(Service(i), Id(i), InstanceStatus.OutOfService).Error);
            _expected[i] = InstanceStatus.OutOfService;
        }

        DeltaResult delta = Registry.ReadDelta(since);
        Assert.Equal(changed.Select(Id), delta.Changes.Select(change => change.Record.Id));

        var expected = new InstanceStatus?[Instances];
        Array.ForEach(changed, i => expected[i] = InstanceStatus.OutOfService);
        AssertSame(expected, Read(Delta()));
    }

    private void LetTheShortLeasesEnd()
    {
        ulong since = _under.Version;
        LeaseHandle[] mortal = [.. _handles.Where((_, i) => IsMortal(i))];
        LeaseHandle[] renewed = [.. _handles.Where((_, i) => !IsMortal(i))];
        int expired = 0;
        for (TimeSpan passed = TimeSpan.Zero; passed <= s_short; passed += s_renewal)
        {
            expired += _under.Pass(s_renewal).Expired;
            Assert.Equal(0, Registry.Renew(renewed, _under.Now, new int[renewed.Length]));
        }

        Assert.Equal(mortal.Length, expired);
        Assert.Equal(Instances - mortal.Length, Registry.ReadSnapshot().Count);
        Assert.Equal(mortal.Length, Registry.Renew(mortal, _under.Now, new int[mortal.Length]));
        Assert.Equal(RegistryErrorCode.TooFarBehind, Registry.ReadDelta(since).Error?.Code);
        for (int i = 0; i < Instances; i += MortalEvery)
        {
            _expected[i] = null;
        }
    }

    private EncodedDocument? Delta() => _cache.Delta(Registry.ReadSnapshot(), _under.Now, DocumentCoding.Gzip);

    private void AssertFullDocument() =>
        AssertSame(_expected, Read(_cache.Full(Registry.ReadSnapshot(), DocumentCoding.Gzip)));

    /// <summary>A list of a million is no message: tells the first that differs.</summary>
    private static void AssertSame(InstanceStatus?[] expected, InstanceStatus?[] seen)
    {
        int same = expected.AsSpan().CommonPrefixLength(seen);
        Assert.True(same == Instances, same == Instances ? "" : $"{Id(same)} is {Shown(seen[same])}, not {Shown(expected[same])}");
    }

    private static string Shown(InstanceStatus? status) => status?.ToString() ?? "absent";

    /// <summary>The status of each instance in a document; each must be there once, in its service, in order.</summary>
    private static InstanceStatus?[] Read(EncodedDocument? document)
    {
        Assert.NotNull(document);
        using var lines = new StreamReader(
            new GZipStream(new MemoryStream(EchoDocument.Bytes(document)), CompressionMode.Decompress),
            Encoding.ASCII
        );
        var statuses = new InstanceStatus?[Instances];
        int service = -1;
        int last = -1;
        while (lines.ReadLine() is { } line)
        {
            int number = int.Parse(line.AsSpan(1, 7), CultureInfo.InvariantCulture);
            if (line[0] == 'S')
            {
                Assert.True(number > service, $"service {number} follows {service}");
                (service, last) = (number, -1);
                continue;
            }

            Assert.True(number > last && number % Services == service, $"instance {number} follows {last} in service {service}");
            statuses[number] = (InstanceStatus)(line[8] - '0');
            last = number;
        }

        return statuses;
    }

    /// <summary>A line per service and per instance: a letter, seven digits, and of an instance its status as one digit.</summary>
    private readonly struct LineEncoder : ISnapshotEncoder
    {
        public void WriteHead(IBufferWriter<byte> output, in DocumentHead head) { }

        public void WriteTail(IBufferWriter<byte> output, in DocumentHead head) { }

        public void OpenService(IBufferWriter<byte> output, ServiceName service)
        {
            output.Write("S"u8);
            output.Write(service.Utf8[^7..]);
            output.Write("\n"u8);
        }

        public void CloseService(IBufferWriter<byte> output) { }

        public void WriteServiceSeparator(IBufferWriter<byte> output) { }

        public void WriteInstanceSeparator(IBufferWriter<byte> output) { }

        public void WriteInstance(IBufferWriter<byte> output, in InstanceView view)
        {
            output.Write("I"u8);
            output.Write(view.Instance.IdUtf8[^7..]);
            output.Write([(byte)('0' + (int)view.Instance.Status), (byte)'\n']);
        }
    }
}
