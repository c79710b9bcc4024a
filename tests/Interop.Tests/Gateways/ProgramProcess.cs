using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Rollcall.Interop.Tests.Gateways;

/// <summary>A program of this repository in a process of its own, as a user would start it.</summary>
/// <remarks>Owner: one test. Disposing kills the process if it still runs. Every wait has a deadline; what is thrown holds all that was printed.</remarks>
internal sealed class ProgramProcess : IAsyncDisposable
{
    private readonly StringBuilder _lines = new(); // guarded by itself
    private readonly Process _process;

    private ProgramProcess(string program, string[] arguments, (string Name, string Value)[] environment)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(host, [Path.Combine(AppContext.BaseDirectory, program), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start) ?? throw new InvalidOperationException($"{host} did not start.");
        _process.OutputDataReceived += Take;
        _process.ErrorDataReceived += Take;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>All that it has printed.</summary>
    public string Printed
    {
        get
        {
            lock (_lines)
            {
                return _lines.ToString();
            }
        }
    }

    /// <summary>A gateway with these flags, on a port of the system's choice.</summary>
    public static ProgramProcess Gateway(params string[] arguments) => new("rollcall-gateway.dll", arguments, []);

    /// <summary>The same, with a token for the registry.</summary>
    public static ProgramProcess GatewayWithToken(string token, params string[] arguments) =>
        new("rollcall-gateway.dll", arguments, [("ROLLCALL_TOKEN", token)]);

    /// <summary>An instance of the service "greeter".</summary>
    public static ProgramProcess Greeter(ServerProcess registry, string id) =>
        new("Rollcall.Greeter.dll", ["--registry", registry.AddressOf("tcp").OriginalString, "--id", id], []);

    /// <summary>Waits until it has printed what the pattern finds.</summary>
    public async Task<Match> SayAsync(string pattern)
    {
        Match found = Match.Empty;
        await Wait.UntilAsync(
            () =>
            {
                found = Regex.Match(Printed, pattern);
                return Task.FromResult(found.Success || (_process.HasExited ? throw new InvalidOperationException(Printed) : false));
            },
            () => $"{pattern}; printed was:\n{Printed}"
        );
        return found;
    }

    /// <summary>Waits until a gateway is ready; where it listens, with a slash at the end.</summary>
    public async Task<Uri> ReadyAsync() => new((await SayAsync(@"gateway ready: (http://\S+) \(")).Groups[1].Value + "/");

    /// <summary>Waits for its end and the end of its output; the exit code.</summary>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Wait.Deadline);
        return _process.ExitCode;
    }

    /// <summary>Asks it to end (SIGTERM) and waits; the exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        using Process kill = Process.Start("sh", ["-c", $"kill -TERM {_process.Id.ToString(CultureInfo.InvariantCulture)}"]);
        await kill.WaitForExitAsync().WaitAsync(Wait.Deadline);
        return await ExitAsync();
    }

    /// <summary>Ends it without a warning (SIGKILL) and waits.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await ExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private void Take(object sender, DataReceivedEventArgs line)
    {
        lock (_lines)
        {
            _lines.Append(line.Data).Append('\n');
        }
    }
}
