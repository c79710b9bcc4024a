using System.Globalization;
using System.Net.Sockets;
using System.Text.Unicode;

/// <summary>Says from inside a process what only it can know: bytes allocated, collections, pauses.</summary>
/// <remarks>
/// The runtime runs <see cref="Initialize"/> before Main in a process whose environment names this assembly in
/// <c>DOTNET_STARTUP_HOOKS</c>: the server is measured as it ships, and control arms in the same way. Answers on a Unix socket named
/// in <c>ROLLCALL_LOAD_PROBE</c>; one thread, asleep unless asked. Uses nothing but the base class library.
/// </remarks>
internal static class StartupHook
{
    public const string SocketVariable = "ROLLCALL_LOAD_PROBE";

    /// <summary>Asks for a full, blocking collection before the figures.</summary>
    public const byte Collect = (byte)'c';

    /// <summary>Asks for the figures.</summary>
    public const byte Read = (byte)'r';

    private const int AnswerBytesMax = 128;

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(SocketVariable) is not { Length: > 0 } path)
        {
            return;
        }

        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        new Thread(() => Serve(listener)) { IsBackground = true, Name = "load probe" }.Start();
    }

    private static void Serve(Socket listener)
    {
        using (listener)
        {
            using Socket driver = listener.Accept();
            byte[] request = new byte[1];
            byte[] answer = new byte[AnswerBytesMax];
            while (driver.Receive(request) == 1)
            {
                driver.Send(answer.AsSpan(0, Answer(request[0] == Collect, answer)));
            }
        }
    }

    // Allocates nothing: what is measured may be single bytes.
    private static int Answer(bool collect, Span<byte> answer)
    {
        for (int i = 0; collect && i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        Utf8.TryWrite(
            answer,
            CultureInfo.InvariantCulture,
            $"{GC.GetTotalAllocatedBytes(precise: true)} {GC.CollectionCount(0)} {GC.CollectionCount(2)} {GC.GetTotalPauseDuration().Ticks} {GC.GetTotalMemory(forceFullCollection: false)}\n",
            out int length
        );
        return length;
    }
}
