using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Rollcall.Interop.Tests.RealClients;

/// <summary>One process with the real Node client.</summary>
/// <remarks>
/// <para>Owner: one test, which speaks to it from one thread at a time. The process ends when this is disposed.</para>
/// </remarks>
internal sealed class NodeClient : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Channel<string> _answers = Channel.CreateUnbounded<string>();
    private readonly Dictionary<string, int> _events = []; // guarded by itself
    private readonly Lines _lines = new();

    private NodeClient(JsonObject settings)
    {
        ProcessStartInfo start = new("node", [NodePackage.Script, settings.ToJsonString()])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            Environment = { ["NODE_PATH"] = NodePackage.Modules },
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => _lines.Add(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Starts a client of this instance that beats and fetches several times a second.</summary>
    /// <remarks>User and password of the address go where users put them: before the host.</remarks>
    public static NodeClient Start(Uri server, JsonObject instance, bool useDelta = true) => new(new JsonObject
    {
        ["instance"] = instance,
        ["shouldUseDelta"] = useDelta,
        ["eureka"] = new JsonObject
        {
            ["host"] = server.UserInfo.Length == 0 ? server.Host : $"{server.UserInfo}@{server.Host}",
            ["port"] = server.Port,
            ["servicePath"] = "/eureka/v2/apps/",
            ["heartbeatInterval"] = 200,
            ["registryFetchInterval"] = 150,
            ["maxRetries"] = 1,
            ["requestRetryDelay"] = 50,
        },
    });

    /// <summary>How often the client has raised this event.</summary>
    public int CountOf(string name)
    {
        lock (_events)
        {
            return _events.GetValueOrDefault(name);
        }
    }

    /// <summary>Waits until the client has raised this event at least so often.</summary>
    public Task HappensAsync(string name, int times = 1) =>
        Wait.UntilAsync(
            () => Task.FromResult(CountOf(name) >= times),
            () => $"{times} x event {name} of the Node client.\n{_lines}");

    /// <summary>Waits until the client knows exactly these ids under this application name.</summary>
    public Task SeesAppAsync(string app, params string[] ids) => SeesAsync($"app {app}", ids);

    /// <summary>Waits until the client knows exactly these ids under this VIP.</summary>
    public Task SeesVipAsync(string vip, params string[] ids) => SeesAsync($"vip {vip}", ids);

    /// <summary>Waits until the client has printed this, an error of its own, say.</summary>
    public Task SaysAsync(string text) =>
        Wait.UntilAsync(
            () => Task.FromResult(_lines.ToString().Contains(text, StringComparison.Ordinal)),
            () => $"'{text}' printed by the Node client.\n{_lines}");

    /// <summary>Asks the client to deregister and waits for its end; throws unless it succeeded.</summary>
    public async Task StopAsync()
    {
        await _process.StandardInput.WriteLineAsync("stop");
        await _process.WaitForExitAsync().WaitAsync(Wait.Deadline);
        Assert.True(_process.ExitCode == 0, $"The Node client did not deregister.\n{_lines}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private Task SeesAsync(string question, string[] ids)
    {
        string expected = string.Join(' ', ids.Order(StringComparer.Ordinal).Prepend("answer"));
        return Wait.UntilAsync(
            async () => await AskAsync(question) == expected,
            () => $"'{expected}' from the Node client, asked '{question}'.\n{_lines}");
    }

    private async Task<string> AskAsync(string question)
    {
        await _process.StandardInput.WriteLineAsync(question);
        return await _answers.Reader.ReadAsync().AsTask().WaitAsync(Wait.Deadline);
    }

    private void Take(string? line)
    {
        _lines.Add(line);
        if (line is not null && line.StartsWith("answer", StringComparison.Ordinal))
        {
            _answers.Writer.TryWrite(line);
        }
        else if (line is not null && line.StartsWith("event ", StringComparison.Ordinal))
        {
            lock (_events)
            {
                string name = line["event ".Length..];
                _events[name] = _events.GetValueOrDefault(name) + 1;
            }
        }
    }
}
