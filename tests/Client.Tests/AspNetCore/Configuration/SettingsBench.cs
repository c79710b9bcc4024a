using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Rollcall.Client.AspNetCore;
using Rollcall.Core.Seams;

namespace Rollcall.Client.Tests.AspNetCore.Configuration;

/// <summary>What a client makes of a configuration, without an application around it.</summary>
internal static class SettingsBench
{
    /// <summary>Who was dialled, what was shown there, and who was believed.</summary>
    public static List<(Uri Address, LinkCredential? Credential, TlsTrust? Trust)> Dialled { get; } = [];

    public static IConfigurationRoot Pairs(params (string Key, string Value)[] pairs) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(pairs.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)))
            .Build();

    /// <summary>The settings of the client without a key, and all that is wrong with them.</summary>
    public static (RollcallClientSettings? Settings, string[] Problems) Read(Action<IServiceCollection> add)
    {
        var services = new ServiceCollection();
        add(services);
        using ServiceProvider provider = services.BuildServiceProvider();
        try
        {
            return (provider.GetRequiredService<IOptions<RollcallClientSettings>>().Value, []);
        }
        catch (OptionsValidationException problem)
        {
            return (null, [.. problem.Failures]);
        }
    }

    /// <summary>The settings that a section <c>Rollcall:Client</c> makes, with links over tcp and http.</summary>
    public static (RollcallClientSettings? Settings, string[] Problems) Read(params (string Key, string Value)[] pairs) =>
        Read(services =>
            services
                .AddRollcallClient(Pairs([.. pairs.Select(pair => ("Rollcall:Client:" + pair.Key, pair.Value))]).GetSection("Rollcall:Client"))
                .AddLink("tcp", DialAsync)
                .AddLink("http", DialAsync)
        );

    /// <summary>Notes who is dialled, and finds nobody there.</summary>
    public static ValueTask<IRegistryLink> DialAsync(Uri address, LinkCredential? credential, TlsTrust? trust, CancellationToken cancellation)
    {
        lock (Dialled)
        {
            Dialled.Add((address, credential, trust));
        }

        throw new LinkException(LinkFailure.Unreachable, "Nobody is there.");
    }
}
