using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Rollcall.Interop.Tests;

/// <summary>The real server in a process of its own, as a user would start it.</summary>
/// <remarks>
/// <para>Owner: one test. Disposing kills the process if it still runs.</para>
/// <para>Listens on a loopback port that the system chose; <see cref="RestartAsync"/> keeps it, so clients can come back.</para>
/// <para>Every wait has a deadline; what is thrown then holds all that the server has printed.</para>
/// </remarks>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    /// <summary>Generous: a cold machine with two busy cores still makes it.</summary>
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    /// <summary>Ports that nobody else has; a test that wants QUIC says so.</summary>
    private static readonly string[] s_freePorts = ["--http", "http://127.0.0.1:0", "--tcp", "127.0.0.1:0", "--quic", "off"];

    private readonly string[] _arguments;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private Process _process;
    private TaskCompletionSource<Match> _ready = NewSignal();
    private Uri[] _addresses = [];

    private ServerProcess(string[] arguments, IReadOnlyDictionary<string, string> environment)
    {
        _arguments = arguments;
        _environment = environment;
        _process = Launch(arguments);
    }

    /// <summary>Where it listens, as the ready line says; empty before it.</summary>
    public IReadOnlyList<Uri> Addresses => _addresses;

    /// <summary>Where it listens for HTTP, with a slash at the end.</summary>
    public Uri BaseUrl => new(AddressOf("http").ToString().TrimEnd('/') + "/");

    /// <summary>From the start of the process to its ready line, as seen from outside; of the latest start.</summary>
    public TimeSpan StartUp { get; private set; }

    /// <summary>Process id, of the latest start.</summary>
    public int Id => _process.Id;

    /// <summary>All lines of standard output so far.</summary>
    public string Output => Read(_output);

    /// <summary>All lines of standard error so far.</summary>
    public string Errors => Read(_errors);

    /// <summary>Starts a server on ports of the system's choice and waits until it is ready.</summary>
    public static Task<ServerProcess> StartAsync(params string[] arguments) => StartAsync(arguments, null);

    /// <summary>The same, with these variables in its environment.</summary>
    public static async Task<ServerProcess> StartAsync(string[] arguments, IReadOnlyDictionary<string, string>? environment)
    {
        ServerProcess server = Run([.. s_freePorts, .. arguments], environment);
        await server.WaitUntilReadyAsync();
        return server;
    }

    /// <summary>Starts a server with exactly these arguments and waits for nothing.</summary>
    public static ServerProcess Run(string[] arguments, IReadOnlyDictionary<string, string>? environment = null) =>
        new(arguments, environment ?? new Dictionary<string, string>());

    /// <summary>Where it listens for a scheme, with TLS or without: <c>http</c> finds <c>https://</c> as well.</summary>
    public Uri AddressOf(string scheme) =>
        _addresses.FirstOrDefault(address => address.Scheme == scheme || address.Scheme == scheme + "s")
        ?? throw new InvalidOperationException($"The server is not ready, or does not listen for {scheme}.");

    /// <summary>Waits for the ready line, or throws with what the server printed instead.</summary>
    public async Task WaitUntilReadyAsync()
    {
        Task exited = _process.WaitForExitAsync();
        await Task.WhenAny(_ready.Task, exited).WaitAsync(s_deadline);
        if (!_ready.Task.IsCompleted && exited.IsCompleted)
        {
            throw Failure($"exited with code {_process.ExitCode} before it was ready");
        }

        Match ready = await _ready.Task;
        StartUp = DateTime.Now - _process.StartTime;
        _addresses = [.. ready.Groups["addresses"].Value.Split(", ").Select(address => new Uri(address))];
    }

    /// <summary>Waits for the end of the process and of its output; the exit code.</summary>
    public async Task<int> WaitForExitAsync()
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(s_deadline);
            return _process.ExitCode;
        }
        catch (TimeoutException)
        {
            throw Failure($"did not end within {s_deadline.TotalSeconds} s");
        }
    }

    /// <summary>Asks it to end (SIGTERM) and waits; the exit code.</summary>
    public Task<int> TerminateAsync() => SignalAsync("TERM");

    /// <summary>Asks it to end as Ctrl+C does (SIGINT) and waits; the exit code.</summary>
    public Task<int> InterruptAsync() => SignalAsync("INT");

    /// <summary>Ends it without a warning (SIGKILL) and waits.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await WaitForExitAsync();
    }

    /// <summary>Stops it where it stands (SIGSTOP): its sockets stay open, and nobody answers.</summary>
    public Task PauseAsync() => SendAsync("STOP");

    /// <summary>Lets it go on (SIGCONT).</summary>
    public Task ResumeAsync() => SendAsync("CONT");

    /// <summary>Starts it again, empty, on the ports that it had. It must have ended.</summary>
    public async Task RestartAsync()
    {
        _process.Dispose();
        _ready = NewSignal();
        _process = Launch([.. _arguments, .. _addresses.SelectMany(FlagFor)]);
        await WaitUntilReadyAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private Process Launch(string[] arguments)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        string program = Path.Combine(AppContext.BaseDirectory, "rollcall-server.dll");
        var start = new ProcessStartInfo(host, [program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        foreach ((string name, string value) in _environment)
        {
            start.Environment[name] = value;
        }

        Process process = Process.Start(start) ?? throw new InvalidOperationException($"{host} did not start.");
        process.OutputDataReceived += (_, line) => Take(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Take(_errors, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void Take(StringBuilder lines, string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (lines)
        {
            lines.Append(line).Append('\n');
        }

        if (ReadyLine().Match(line) is { Success: true } ready)
        {
            _ready.TrySetResult(ready);
        }
    }

    private static string[] FlagFor(Uri address) =>
        address.Scheme.StartsWith("http", StringComparison.Ordinal)
            ? ["--http", address.GetLeftPart(UriPartial.Authority)]
            : [address.Scheme == "quic" ? "--quic" : "--tcp", address.Authority];

    private async Task<int> SignalAsync(string signal)
    {
        await SendAsync(signal);
        return await WaitForExitAsync();
    }

    private async Task SendAsync(string signal)
    {
        string pid = _process.Id.ToString(CultureInfo.InvariantCulture);
        using Process kill = Process.Start("sh", ["-c", $"kill -{signal} {pid}"]);
        await kill.WaitForExitAsync().WaitAsync(s_deadline);
    }

    private InvalidOperationException Failure(string what) =>
        new($"The server {what}.\n--- output ---\n{Output}--- errors ---\n{Errors}");

    private static string Read(StringBuilder lines)
    {
        lock (lines)
        {
            return lines.ToString();
        }
    }

    private static TaskCompletionSource<Match> NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [GeneratedRegex(@"^Rollcall ready in [\d.]+ s: (?<addresses>\S+(, \S+)*) \(")]
    private static partial Regex ReadyLine();
}
