using Rollcall.Core.Model;
using Rollcall.Core.Watching;

namespace Rollcall.Client.Catalogues;

/// <summary>The next catalogue while it is made: changes of instances, applied to every list they touch.</summary>
/// <remarks>Owner: one caller. Cost of <see cref="Finish"/>: O(names + instances of the lists touched).</remarks>
internal sealed class CatalogueEdit(
    InstanceFilter follows,
    Dictionary<string, EndpointList> services,
    Dictionary<string, EndpointList> vips,
    Dictionary<string, EndpointList> secureVips
)
{
    private readonly Dictionary<string, ListEdit> _services = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ListEdit> _vips = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ListEdit> _secureVips = new(StringComparer.Ordinal);

    /// <summary>An instance appears, changes, or leaves.</summary>
    /// <param name="before">As the catalogue has it; null: not at all.</param>
    /// <param name="after">As it is to be; null: it leaves.</param>
    /// <param name="cause">Why it leaves.</param>
    public void Put(ServiceEndpoint? before, ServiceEndpoint? after, VanishCause? cause)
    {
        Put(_services, before is null ? [] : [before.Service], after is null ? [] : [after.Service], before, after, cause);
        Put(_vips, before?.Vips ?? [], after?.Vips ?? [], before, after, cause);
        Put(_secureVips, before?.SecureVips ?? [], after?.SecureVips ?? [], before, after, cause);
    }

    /// <summary>The catalogue with all that.</summary>
    public Catalogue Finish(RegistryVersion version)
    {
        Apply(_services, services, keepEmpty: true);
        Apply(_vips, vips, keepEmpty: false);
        Apply(_secureVips, secureVips, keepEmpty: false);
        return new Catalogue(version, follows, services, vips, secureVips);
    }

    private static void Put(
        Dictionary<string, ListEdit> edits,
        IEnumerable<string> from,
        IEnumerable<string> to,
        ServiceEndpoint? before,
        ServiceEndpoint? after,
        VanishCause? cause
    )
    {
        foreach (string name in from)
        {
            ListEdit edit = Of(edits, name);
            edit.Endpoints[before!.Key] = null;
            edit.Lost = cause ?? edit.Lost;
        }

        foreach (string name in to)
        {
            Of(edits, name).Endpoints[after!.Key] = after;
        }
    }

    private static ListEdit Of(Dictionary<string, ListEdit> edits, string name) =>
        edits.TryGetValue(name, out ListEdit? edit) ? edit : edits[name] = new ListEdit();

    private static void Apply(Dictionary<string, ListEdit> edits, Dictionary<string, EndpointList> lists, bool keepEmpty)
    {
        foreach ((string name, ListEdit edit) in edits)
        {
            EndpointList list = (lists.GetValueOrDefault(name) ?? new EndpointList(name, [])).With(edit.Endpoints, edit.Lost);
            if (list.Endpoints.Length > 0 || keepEmpty)
            {
                lists[name] = list;
            }
            else
            {
                lists.Remove(name);
            }
        }
    }

    private sealed class ListEdit
    {
        public Dictionary<(string Service, string Id), ServiceEndpoint?> Endpoints { get; } = [];

        public VanishCause? Lost { get; set; }
    }
}
