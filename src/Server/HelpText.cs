using System.Reflection;

namespace Rollcall.Server;

/// <summary>What <c>--help</c>, <c>--options</c> and <c>--version</c> print.</summary>
internal static class HelpText
{
    public static void WriteHelp(TextWriter output)
    {
        output.WriteLine("Rollcall is a service registry that Eureka clients can use as it is.");
        output.WriteLine();
        output.WriteLine("  rollcall-server [flags]");
        output.WriteLine();
        int width = Flag.All.Max(flag => flag.Form.Length) + 2;
        foreach (Flag flag in Flag.All)
        {
            output.WriteLine($"  {flag.Form.PadRight(width)}{flag.Help}");
        }

        output.WriteLine();
        output.WriteLine("Any option can be set by its key, the strongest first:");
        output.WriteLine("  --Rollcall:Core:LeaseGrace 90s");
        output.WriteLine("  Rollcall__Core__LeaseGrace=90s in the environment");
        output.WriteLine("  { \"Rollcall\": { \"Core\": { \"LeaseGrace\": \"90s\" } } } in FILE, or in ./appsettings.json");
        output.WriteLine("Peers that stand in a file (Rollcall:Peers) change with it; all else takes a restart.");
    }

    public static void WriteOptions(TextWriter output)
    {
        int keyWidth = OptionCatalog.All.Max(option => option.Key.Length) + 2;
        int defaultWidth = OptionCatalog.All.Max(option => option.Default.Length) + 2;
        foreach (CatalogEntry option in OptionCatalog.All)
        {
            output.WriteLine($"{option.Key.PadRight(keyWidth)}{option.Default.PadRight(defaultWidth)}{option.Range}");
        }
    }

    public static void WriteVersion(TextWriter output) =>
        output.WriteLine(
            typeof(HelpText).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion
        );
}
