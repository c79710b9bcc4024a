using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Rollcall.Interop.Tests.RealClients;

/// <summary>A real Prometheus that discovers its targets from our server, once a second.</summary>
/// <remarks>
/// <para>Owner: one test. It listens on loopback, on a port that was free a moment before, and keeps its data in a temporary
/// folder that goes with it.</para>
/// </remarks>
internal sealed class PrometheusProcess : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rollcall-prometheus-");
    private readonly Lines _lines = new();
    private readonly Process _process;
    private readonly HttpClient _http;

    private PrometheusProcess(Uri eureka)
    {
        int port = FreePort();
        string settings = Path.Combine(_folder.FullName, "prometheus.yml");
        File.WriteAllText(settings, Settings(eureka));
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
        _process = Process.Start(new ProcessStartInfo("prometheus",
        [
            $"--config.file={settings}",
            $"--storage.tsdb.path={Path.Combine(_folder.FullName, "data")}",
            $"--web.listen-address=127.0.0.1:{port}",
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _process.OutputDataReceived += (_, line) => _lines.Add(line.Data);
        _process.ErrorDataReceived += (_, line) => _lines.Add(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Starts one; <paramref name="eureka"/> is the URL that Prometheus puts <c>/apps</c> behind.</summary>
    public static PrometheusProcess Start(Uri eureka) => new(eureka);

    /// <summary>Waits until exactly these instance ids are discovered; the labels of each, before any relabelling.</summary>
    public async Task<IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>> DiscoversAsync(params string[] ids)
    {
        Dictionary<string, IReadOnlyDictionary<string, string>> found = [];
        await Wait.UntilAsync(
            async () =>
            {
                found = await TargetsAsync();
                return found.Keys.ToHashSet().SetEquals(ids);
            },
            () => $"targets {string.Join(", ", ids)} in Prometheus, which has {string.Join(", ", found.Keys)}.\n{_lines}");
        return found;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _http.Dispose();
        _folder.Delete(recursive: true);
    }

    private static string Settings(Uri eureka) =>
        $"""
        global:
          scrape_interval: 1h
        scrape_configs:
          - job_name: eureka
            eureka_sd_configs:
              - server: {eureka.AbsoluteUri.TrimEnd('/')}
                refresh_interval: 1s
        """;

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<Dictionary<string, IReadOnlyDictionary<string, string>>> TargetsAsync()
    {
        try
        {
            using JsonDocument answer = JsonDocument.Parse(await _http.GetStringAsync("api/v1/targets?state=active"));
            return answer.RootElement.GetProperty("data").GetProperty("activeTargets").EnumerateArray()
                .Select(target => target.GetProperty("discoveredLabels").Deserialize<Dictionary<string, string>>()!)
                .ToDictionary(
                    labels => labels["__meta_eureka_app_instance_id"], IReadOnlyDictionary<string, string> (labels) => labels);
        }
        catch (HttpRequestException) when (!_process.HasExited)
        {
            return [];
        }
    }
}
