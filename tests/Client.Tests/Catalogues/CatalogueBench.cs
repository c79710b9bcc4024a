using Rollcall.Client.Catalogues;
using Rollcall.Client.Choosing;
using Rollcall.Core;
using Rollcall.Core.Access;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Testing;
using Rollcall.Testing.Support;

namespace Rollcall.Client.Tests.Catalogues;

/// <summary>A catalogue that follows a registry of this process, step by step, on the same hand-moved clock.</summary>
internal sealed class CatalogueBench
{
    private readonly RegistryMirror _mirror = new();
    private readonly ClientClock _clock;

    public CatalogueBench(ClientOptions? options = null)
    {
        Options = options ?? new ClientOptions();
        _clock = new ClientClock(Time);
        Keeper = new CatalogueKeeper(Options, Notices.Add);
        Chooser = new InstanceChooser(Options, _clock, new Dice(Options.Seed ?? 1));
        Registry = new RegistryService(SteppedRegistry.Unguarded, Time);
    }

    public ClientOptions Options { get; }

    public HandTime Time { get; } = new();

    public List<ClientNotice> Notices { get; } = [];

    public CatalogueKeeper Keeper { get; }

    public InstanceChooser Chooser { get; }

    public RegistryService Registry { get; private set; }

    public Catalogue Catalogue => Keeper.Current;

    /// <summary>The registry starts anew and has forgotten everything.</summary>
    public void Restart(ulong seed) => Registry = new RegistryService(SteppedRegistry.Unguarded with { Seed = seed }, Time);

    public CatalogueBench Register(Registration registration)
    {
        Assert.Null(Registry.Register(registration, Registry.Now).Error);
        return this;
    }

    public CatalogueBench Register(string service, params string[] ids)
    {
        foreach (string id in ids)
        {
            Register(RegistrationBuilder.Of(service, id));
        }

        return this;
    }

    public CatalogueBench Cancel(string service, params string[] ids)
    {
        foreach (string id in ids)
        {
            Assert.Null(Registry.Cancel(InstanceKey.Of(service, id), Registry.Now).Error);
        }

        return this;
    }

    /// <summary>Time passes for the client and the registry: leases end, what is held is let go.</summary>
    public CatalogueBench Pass(TimeSpan span)
    {
        for (TimeSpan left = span; left > TimeSpan.Zero; left -= SteppedRegistry.Step)
        {
            Time.Pass(left < SteppedRegistry.Step ? left : SteppedRegistry.Step);
            Registry.Advance(Registry.Now);
        }

        Sync();
        Keeper.Release(_clock.Now);
        return this;
    }

    /// <summary>Takes in what has changed: changes where they are kept, else everything.</summary>
    public CatalogueBench Sync(bool inFull = false)
    {
        var link = new EmbeddedLink(Registry, Principal.Anyone);
        DeltaRead delta =
            inFull || _mirror.Version.Epoch != Registry.BootEpoch ? default : link.ReadDeltaAsync(_mirror.Version).AsTask().Result;
        return Take(delta.Update ?? link.ReadAsync(Options.Follow).AsTask().Result);
    }

    public CatalogueBench Take(RegistryUpdate update)
    {
        _mirror.Apply(update);
        Keeper.Take(update, _mirror, _clock.Now);
        return this;
    }

    /// <summary>What can be called, in order; those held in brackets.</summary>
    public string Callable(string service)
    {
        List<string> ids = [];
        if (Catalogue.Find(service) is { } list)
        {
            foreach (ServiceEndpoint endpoint in list.Endpoints)
            {
                if (endpoint.IsUp)
                {
                    ids.Add(endpoint.HeldFor is null ? endpoint.Id : $"({endpoint.Id})");
                }
            }
        }

        return string.Join(' ', ids);
    }

    /// <summary>Chooses so often, each call ended before the next; how often each was chosen.</summary>
    public SortedDictionary<string, int> Count(string service, int calls, CallOutcome outcome = CallOutcome.Succeeded)
    {
        SortedDictionary<string, int> counts = new(StringComparer.Ordinal);
        for (int call = 0; call < calls; call++)
        {
            Assert.True(Chooser.TryChoose(Catalogue.Find(service)!, null, out Pick pick), "nothing to choose");
            counts[pick.Endpoint.Id] = counts.GetValueOrDefault(pick.Endpoint.Id) + 1;
            pick.End(outcome);
        }

        return counts;
    }

    /// <summary>Calls to one instance go wrong until it is put aside.</summary>
    public CatalogueBench PutAside(string service, params string[] ids)
    {
        foreach (string id in ids)
        {
            ServiceEndpoint endpoint = Catalogue.Find(service)!.Endpoints.ToArray().Single(each => each.Id == id);
            for (int failure = 0; failure < Options.AsideAfterFailures; failure++)
            {
                endpoint.Health.Begin();
                new Pick(Chooser, endpoint).End(CallOutcome.Failed);
            }
        }

        return this;
    }
}
