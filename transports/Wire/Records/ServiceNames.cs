using System.Collections.Concurrent;
using Rollcall.Core.Model;
using Rollcall.Transports.Wire.Frames;

namespace Rollcall.Transports.Wire.Records;

/// <summary>The services that came over one link: instances of a service share its name, and what is expected of their text.</summary>
/// <remarks>Threads: any.</remarks>
internal sealed class ServiceNames
{
    // A node that sends ever new names shall not fill the memory: from here on names are not shared any more.
    private const int Max = 1_000_000;
    private const int SharedLengthMax = 256;

    private readonly ConcurrentDictionary<string, ServiceName> _names = new(StringComparer.Ordinal);

    /// <summary>Reads a name and gives back the one that all instances share.</summary>
    public ServiceName Read(ref PayloadReader reader)
    {
        string text = reader.Text();
        if (_names.TryGetValue(text, out ServiceName? known))
        {
            return known;
        }

        var name = new ServiceName(text);
        return text.Length <= SharedLengthMax && _names.Count < Max ? _names.GetOrAdd(text, name) : name;
    }
}
