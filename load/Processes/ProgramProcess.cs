using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Rollcall.Load.Processes;

/// <summary>A .NET program in a process of its own, with a probe inside: the server, or a control arm.</summary>
/// <remarks>
/// <para>Owner: one run. Disposing kills the process.</para>
/// <para>Every wait has a deadline; what is thrown then holds all that the program has printed.</para>
/// </remarks>
internal sealed partial class ProgramProcess : IAsyncDisposable
{
    private const int ContinueSignal = 18; // SIGCONT on Linux
    private const int StopSignal = 19; // SIGSTOP on Linux

    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Socket _probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _probePath = Path.Combine(Path.GetTempPath(), $"rollcall-load-{Guid.NewGuid():N}.sock");
    private readonly StringBuilder _printed = new();
    private readonly TaskCompletionSource<string> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _probing = new();
    private readonly string _readyPrefix;

    private ProgramProcess(string name, string program, string readyPrefix, IEnumerable<string> arguments)
    {
        Name = name;
        _readyPrefix = readyPrefix;
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(host, [program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location;
        start.Environment[StartupHook.SocketVariable] = _probePath;
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{host} did not start.");
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>For people.</summary>
    public string Name { get; }

    public int Id => _process.Id;

    /// <summary>The line by which it said that it is ready.</summary>
    public string ReadyLine { get; private set; } = "";

    /// <summary>All it has printed so far.</summary>
    public string Printed
    {
        get
        {
            lock (_printed)
            {
                return _printed.ToString();
            }
        }
    }

    /// <summary>Starts a program and waits for a line that begins with <paramref name="readyPrefix"/>.</summary>
    public static async Task<ProgramProcess> StartAsync(
        string name,
        string program,
        string readyPrefix,
        params IEnumerable<string> arguments
    )
    {
        var process = new ProgramProcess(name, program, readyPrefix, arguments);
        try
        {
            await process.WaitUntilReadyAsync();
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>What it has used until now.</summary>
    /// <param name="collect">After a full collection: what then remains is held.</param>
    public ProcessReading Read(bool collect = false)
    {
        lock (_probing)
        {
            byte[] answer = new byte[256];
            _probe.Send([collect ? StartupHook.Collect : StartupHook.Read]);
            int length = _probe.Receive(answer);
            return length > 0
                ? ProcessReading.Of(Id, Encoding.ASCII.GetString(answer, 0, length).TrimEnd('\n'))
                : throw Failure("does not answer its probe");
        }
    }

    /// <summary>Stops all its threads, as a machine that swaps or a collector that pauses would (SIGSTOP).</summary>
    public void Freeze() => Signal(StopSignal);

    /// <summary>Lets them go on (SIGCONT).</summary>
    public void Thaw() => Signal(ContinueSignal);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync().WaitAsync(s_deadline);
        }

        _probe.Dispose();
        _process.Dispose();
        File.Delete(_probePath);
    }

    private async Task WaitUntilReadyAsync()
    {
        Task exited = _process.WaitForExitAsync();
        try
        {
            await Task.WhenAny(_ready.Task, exited).WaitAsync(s_deadline);
        }
        catch (TimeoutException)
        {
            throw Failure($"did not say '{_readyPrefix}…' within {s_deadline.TotalSeconds} s");
        }

        if (!_ready.Task.IsCompleted)
        {
            throw Failure($"exited with code {_process.ExitCode} before it was ready");
        }

        ReadyLine = await _ready.Task;
        await _probe.ConnectAsync(new UnixDomainSocketEndPoint(_probePath)).WaitAsync(s_deadline);
    }

    private void Signal(int signal)
    {
        if (Kill(Id, signal) != 0)
        {
            throw Failure($"cannot be sent signal {signal}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_printed)
        {
            _printed.Append(line).Append('\n');
        }

        if (line.StartsWith(_readyPrefix, StringComparison.Ordinal))
        {
            _ready.TrySetResult(line);
        }
    }

    private InvalidOperationException Failure(string what) => new($"{Name} {what}. It printed:\n{Printed}");

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
