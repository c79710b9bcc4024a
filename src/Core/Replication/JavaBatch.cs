using Rollcall.Core.Model;

namespace Rollcall.Core.Replication;

/// <summary>What goes to a Java server in one call, and where it came from: to be put back if the call fails.</summary>
/// <param name="from">Changes up to here were told before.</param>
internal sealed class JavaBatch(ulong from)
{
    private readonly Dictionary<Instance, JavaVerb> _last = new(SameKey.Comparer);
    private int _textBytes;

    /// <summary>True if nothing more is to be added.</summary>
    public bool IsFull => Items.Count >= JavaPeer.BatchItemsMax || _textBytes >= JavaPeer.BatchTextBytesMax;

    /// <summary>Changes up to here are told, or are none for Java's servers.</summary>
    public ulong To { get; set; } = from;

    /// <summary>What is told, in order.</summary>
    public List<JavaItem> Items { get; } = [];

    /// <summary>The renewals that were taken for it.</summary>
    public List<uint> Renewed { get; } = [];

    /// <summary>What the server had asked for.</summary>
    public List<Instance> Wanted { get; } = [];

    /// <summary>Adds one: a record is told as it is now, the same again says nothing, and behind a cancel nothing of before is left to say.</summary>
    public void Add(JavaItem item)
    {
        if (_last.TryGetValue(item.Record, out JavaVerb last))
        {
            if (item.Verb == last || (item.Verb == JavaVerb.Renew && last != JavaVerb.Cancel))
            {
                return;
            }

            if (item.Verb == JavaVerb.Cancel)
            {
                Items.RemoveAll(other => SameKey.Comparer.Equals(other.Record, item.Record));
            }
        }

        _last[item.Record] = item.Verb;
        _textBytes += item.Verb == JavaVerb.Register ? item.Record.Text.Length : 0;
        Items.Add(item);
    }
}
