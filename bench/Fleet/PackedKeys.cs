namespace Rollcall.Bench.Fleet;

/// <summary>Keys one behind the other in one buffer, as they come in from a socket.</summary>
internal sealed class PackedKeys
{
    private readonly byte[] _bytes;
    private readonly (int Service, int Id, int End)[] _places;

    public PackedKeys(IEnumerable<(byte[] Service, byte[] Id)> keys, int count)
    {
        _places = new (int, int, int)[count];
        using var bytes = new MemoryStream();
        int i = 0;
        foreach ((byte[] service, byte[] id) in keys)
        {
            int start = (int)bytes.Length;
            bytes.Write(service);
            bytes.Write(id);
            _places[i++] = (start, start + service.Length, (int)bytes.Length);
        }

        _bytes = bytes.ToArray();
    }

    public ReadOnlySpan<byte> Service(int i) => _bytes.AsSpan(_places[i].Service.._places[i].Id);

    public ReadOnlySpan<byte> Id(int i) => _bytes.AsSpan(_places[i].Id.._places[i].End);
}
