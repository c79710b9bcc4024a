using Rollcall.Configuration;
using Rollcall.Server.Regions;

namespace Rollcall.Server;

/// <summary>What the process was asked to do.</summary>
internal enum Verb
{
    Serve,
    ShowHelp,
    ShowOptions,
    ShowVersion,
}

/// <summary>The command line, taken apart: flags, and any option by its configuration key.</summary>
/// <remarks>Forms: <c>--flag value</c> and <c>--flag=value</c>. What comes later wins.</remarks>
internal sealed class CommandLine
{
    private CommandLine() { }

    public Verb Verb { get; private set; } = Verb.Serve;

    /// <summary>File named by <c>--config</c>; null if none was.</summary>
    public string? ConfigFile { get; private set; }

    /// <summary>Configuration keys with their values.</summary>
    public Dictionary<string, string?> Settings { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>All that could not be understood.</summary>
    public List<ConfigurationProblem> Problems { get; } = [];

    public static CommandLine Parse(IReadOnlyList<string> args)
    {
        var line = new CommandLine();
        var rest = new Queue<string>(args);
        while (rest.TryDequeue(out string? arg))
        {
            line.Take(arg, rest);
        }

        return line;
    }

    private void Take(string arg, Queue<string> rest)
    {
        if (!IsFlag(arg))
        {
            Problems.Add(new(arg, null, "is not a flag; flags begin with two hyphens."));
            return;
        }

        string name = arg.Split('=', 2)[0];
        string? attached = arg.Length > name.Length ? arg[(name.Length + 1)..] : null;
        if (Flag.All.FirstOrDefault(flag => flag.Name == Spelled(name)) is { } known)
        {
            Take(known, attached, rest);
        }
        else if (OptionCatalog.IsKey(name[2..]))
        {
            Take(new Flag(name, "a value", name[2..], ""), attached, rest);
        }
        else
        {
            RefuseUnknown(name, attached, rest);
        }
    }

    private void Take(Flag flag, string? attached, Queue<string> rest)
    {
        string? value = attached;
        if (
            flag.Value is not null
            && value is null
            && !(rest.TryPeek(out string? next) && !IsFlag(next) && rest.TryDequeue(out value))
        )
        {
            Problems.Add(new(flag.Name, null, $"needs a value: {flag.Name} {flag.Value}."));
        }
        else if (flag.Key is not null)
        {
            string? before = flag.Repeats ? Settings.GetValueOrDefault(flag.Key) : null;
            value = flag.Value is null ? attached ?? "on" : value;
            Settings[flag.Key] = before is null ? value : $"{before} {value}";
        }
        else if (flag.Name == Flag.RemoteRegion)
        {
            TakeRegion(value!);
        }
        else if (flag.Name == Flag.Config)
        {
            ConfigFile = value;
        }
        else
        {
            Verb = VerbOf(flag);
        }
    }

    /// <summary>NAME=URL. Said again for one name, the addresses of its nodes add up.</summary>
    private void TakeRegion(string value)
    {
        string[] parts = value.Split('=', 2, StringSplitOptions.TrimEntries);
        if (parts.Length < 2 || parts[0].Length == 0 || parts[1].Length == 0)
        {
            Problems.Add(new(Flag.RemoteRegion, null, "must be NAME=URL, such as us-east=tcp://registry.us-east:8762."));
            return;
        }

        string key = RegionSettings.ServersKey(parts[0]);
        Settings[key] = Settings.TryGetValue(key, out string? before) ? $"{before} {parts[1]}" : parts[1];
    }

    private void RefuseUnknown(string name, string? attached, Queue<string> rest)
    {
        // Its value, if it has one, is not repeated: it may be a secret meant for some other program.
        if (attached is null && rest.TryPeek(out string? next) && !IsFlag(next))
        {
            rest.Dequeue();
        }

        IEnumerable<string> flags = Flag.All.Select(flag => flag.Name);
        IEnumerable<string> keys = OptionCatalog.All.Select(option => "--" + option.Key);
        Problems.Add(new(name, null, $"there is no such flag.{NearestName.Hint(name, flags.Concat(keys))}"));
    }

    private static bool IsFlag(string arg) =>
        arg is "-h" or "-?" || (arg.StartsWith("--", StringComparison.Ordinal) && arg.Length > 2);

    private static string Spelled(string name) => name is "-h" or "-?" ? Flag.Usage : name;

    private static Verb VerbOf(Flag flag) =>
        flag.Name switch
        {
            Flag.Options => Verb.ShowOptions,
            Flag.Version => Verb.ShowVersion,
            _ => Verb.ShowHelp,
        };
}
