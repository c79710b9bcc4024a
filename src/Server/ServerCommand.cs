using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Rollcall.Configuration;
using Rollcall.Core;
using Rollcall.Core.Seams;
using Rollcall.Hosting;
using Rollcall.Hosting.Clustering;
using Rollcall.Server.Clustering;
using Rollcall.Server.Data;
using Rollcall.Server.Regions;
using Rollcall.Transports.Quic;

namespace Rollcall.Server;

/// <summary>The executable from its arguments to its exit code.</summary>
/// <remarks>Answers and the ready line go to standard output, everything else to standard error.</remarks>
internal static class ServerCommand
{
    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter errors)
    {
        CommandLine line = CommandLine.Parse(args);
        if (line.Problems.Count == 0 && line.Verb != Verb.Serve)
        {
            Show(line.Verb, output);
            return ExitCode.Ended;
        }

        var problems = new List<ConfigurationProblem>(line.Problems);
        await using var files = new FileWatch(ConfigurationSources.Files(line));
        var configuration = ConfigurationSources.Load(line, problems);
        var settings = ServerSettings.Read(configuration, problems);
        if (problems.Count > 0)
        {
            ProblemReport.Write(errors, problems, configuration);
            return ExitCode.WrongOptions;
        }

        try
        {
            using DataFolder? data = settings.Data.Folder.Length == 0 ? null : DataFolder.Open(settings.Data.Folder);
            var reload = new SettingsReload(line, configuration, settings, files);
            return await ServeAsync(settings, reload, data, output, errors);
        }
        catch (DataFolderException exception)
        {
            errors.WriteLine($"rollcall-server did not start: {exception.Message}");
            return ExitCode.NoData;
        }
    }

    private static void Show(Verb verb, TextWriter output)
    {
        Action<TextWriter> write = verb switch
        {
            Verb.ShowOptions => HelpText.WriteOptions,
            Verb.ShowVersion => HelpText.WriteVersion,
            _ => HelpText.WriteHelp,
        };
        write(output);
    }

    private static async Task<int> ServeAsync(
        ServerSettings settings,
        SettingsReload reload,
        DataFolder? data,
        TextWriter output,
        TextWriter errors
    )
    {
        string? quicProblem = settings.Quic is null ? null : QuicSupport.Problem;
        if (quicProblem is not null && settings.IsQuicDemanded)
        {
            errors.WriteLine($"rollcall-server did not start: Cannot listen on quic://{settings.Quic!.Address}: {quicProblem}.");
            return ExitCode.NoQuic;
        }

        using var stop = new StopSignal();
        using ILoggerFactory loggers = ServerLog.CreateFactory(settings);
        ILogger<RegistryRunner> logger = loggers.CreateLogger<RegistryRunner>();
        ILogger<SnapshotPump> dataLogger = loggers.CreateLogger<SnapshotPump>();
        uint node = data?.NodeId(settings.Registry.NodeId, dataLogger.NodeIdProblem) ?? settings.Registry.NodeId;
        var registry = new RegistryService(settings.Registry with { NodeId = node }, TimeProvider.System);
        using SnapshotPump? snapshots = data is null ? null : new SnapshotPump(data, registry, settings.Data.SnapshotPeriod, dataLogger);
        snapshots?.Restore();
        RegionPump[] regions = [.. settings.Regions.Select(region => new RegionPump(region, registry, loggers.CreateLogger<RegionPump>()))];
        using var meter = new RegistryMeter(registry);
        ClusterHost? cluster = ServerPeers.CreateHost(settings, registry, loggers);
        IReadOnlyList<IServerTransport> transports = ServerTransports.Create(settings, loggers);
        var peers = new ServerPeers();
        await using var runner = new RegistryRunner(registry, transports, TimeProvider.System, logger, meter, cluster, peers.Of(settings));
        if (await StartAsync(runner, errors, stop.Asked) is { } exitCode)
        {
            return exitCode;
        }

        snapshots?.Start();
        reload.Start(peers, cluster, logger);
        foreach (string warning in settings.Warnings)
        {
            logger.Careless(warning);
        }

        if (quicProblem is not null)
        {
            logger.WithoutQuic(quicProblem);
        }

        output.WriteLine(ReadyLine(registry, transports));
        await stop.WaitAsync();
        await reload.StopAsync();
        await runner.StopAsync();
        await Task.WhenAll(regions.Select(region => region.DisposeAsync().AsTask()));
        await (snapshots?.StopAsync() ?? Task.CompletedTask);
        return ExitCode.Ended;
    }

    /// <summary>Null if it started; else the code to end with.</summary>
    private static async Task<int?> StartAsync(RegistryRunner runner, TextWriter errors, CancellationToken asked)
    {
        try
        {
            await runner.StartAsync(asked);
            return null;
        }
        catch (TransportStartException exception)
        {
            errors.WriteLine($"rollcall-server did not start: {exception.Message}");
            return ExitCode.CannotListen;
        }
        catch (OperationCanceledException) when (asked.IsCancellationRequested)
        {
            return ExitCode.Ended;
        }
    }

    private static string ReadyLine(RegistryService registry, IReadOnlyList<IServerTransport> transports)
    {
        string seconds = SinceProcessStart().TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture);
        string addresses = string.Join(", ", transports.SelectMany(transport => transport.Addresses));
        string guard = OptionKind.Switch.Show(registry.Options.GuardEnabled);
        string? selfMade = transports.OfType<QuicServerTransport>().FirstOrDefault(quic => quic.IsSelfMade)?.Fingerprint;
        string certificate = selfMade is null ? "" : $", self-made certificate SHA-256 {selfMade}";
        return $"Rollcall ready in {seconds} s: {addresses} (node {registry.NodeId:x}, guard {guard}{certificate})";
    }

    private static TimeSpan SinceProcessStart()
    {
        using var self = Process.GetCurrentProcess();
        return DateTime.Now - self.StartTime;
    }
}
