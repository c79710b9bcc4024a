using System.Net.Sockets;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Rollcall.Transports.Quic;

namespace Rollcall.Gateway;

/// <summary>The executable from its arguments to its exit code. The codes are those of the server.</summary>
/// <remarks>Answers and the ready line go to standard output, everything else to standard error.</remarks>
internal static class GatewayCommand
{
    public const int Ended = 0;
    public const int WrongOptions = 2;
    public const int CannotListen = 3;
    public const int NoQuic = 4;

    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter errors)
    {
        var problems = new List<string>();
        GatewaySettings settings = GatewaySettings.Read(args, problems);
        if (problems.Count > 0)
        {
            errors.WriteLine($"rollcall-gateway did not start: {problems.Count} {(problems.Count == 1 ? "problem" : "problems")}.");
            problems.ForEach(problem => errors.WriteLine($"  {problem}"));
            return WrongOptions;
        }

        if (settings.Question is { } question)
        {
            Answer(question, output);
            return Ended;
        }

        if (QuicSupport.Problem is { } missing && settings.Registries.All(address => address.StartsWith("quic:", StringComparison.OrdinalIgnoreCase)))
        {
            errors.WriteLine($"rollcall-gateway did not start: {missing}.");
            return NoQuic;
        }

        return await ServeAsync(settings, output, errors);
    }

    private static async Task<int> ServeAsync(GatewaySettings settings, TextWriter output, TextWriter errors)
    {
        await using WebApplication gateway = GatewayApplication.Build(settings, Environment.GetEnvironmentVariable(GatewaySettings.TokenVariable));
        try
        {
            await gateway.StartAsync();
        }
        catch (Exception problem) when (problem is IOException or SocketException)
        {
            errors.WriteLine($"rollcall-gateway did not start: Cannot listen on http://{settings.Listen}: {problem.Message}");
            return CannotListen;
        }

        string place = settings.Zone is null && settings.Region is null ? "" : $", zone {settings.Zone ?? "any"}, region {settings.Region ?? "any"}";
        output.WriteLine($"Rollcall gateway ready: {string.Join(", ", gateway.Urls)} (registry {string.Join(", ", settings.Registries)}{place})");
        await gateway.WaitForShutdownAsync();
        return Ended;
    }

    private static void Answer(string question, TextWriter output)
    {
        if (question == GatewayFlag.Version)
        {
            output.WriteLine(typeof(GatewayCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion);
            return;
        }

        output.WriteLine("Rollcall's gateway forwards /SERVICE/path to an instance of the service, as path.");
        output.WriteLine();
        output.WriteLine("  rollcall-gateway --registry URL [flags]");
        output.WriteLine();
        int width = GatewayFlag.All.Max(flag => flag.Form.Length) + 2;
        foreach (GatewayFlag flag in GatewayFlag.All)
        {
            output.WriteLine($"  {flag.Form.PadRight(width)}{flag.Help}");
        }

        output.WriteLine();
        output.WriteLine($"The token for a registry that asks for one is in the environment, {GatewaySettings.TokenVariable}.");
    }
}
