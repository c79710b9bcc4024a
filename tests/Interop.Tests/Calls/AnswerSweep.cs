using System.Text;
using Rollcall.Testing.Support.Clients;

namespace Rollcall.Interop.Tests.Calls;

/// <summary>Reads everything that the server can answer, in every variant, through every model that would read it.</summary>
/// <remarks>
/// <para>Shape: format x full or compact x plain or gzip, for the whole registry (with and without a slash at the end), the
/// delta, each service, each instance by both paths, each VIP and secure VIP. Every member that a client reads must be what the
/// test expects, and there must be no instance too many.</para>
/// </remarks>
internal sealed class AnswerSweep(EurekaCalls calls)
{
    /// <summary>What compact answers leave out.</summary>
    private static readonly HashSet<string> s_notCompact =
    [
        nameof(ClientInstance.Group), nameof(ClientInstance.Sid), nameof(ClientInstance.Override), nameof(ClientInstance.Country),
        nameof(ClientInstance.HomePageUrl), nameof(ClientInstance.StatusPageUrl), nameof(ClientInstance.HealthCheckUrl),
        nameof(ClientInstance.SecureHealthCheckUrl), nameof(ClientInstance.Coordinating), nameof(ClientInstance.Lease),
        nameof(ClientInstance.LastDirtyMs), nameof(ClientInstance.Metadata),
    ];

    private static readonly string[] s_compactAmazonKeys =
        ["instance-id", "public-ipv4", "public-hostname", "local-ipv4", "availability-zone"];

    /// <summary>Answers read, each by each of its readers.</summary>
    public int Readings { get; private set; }

    /// <summary>Reads all; <paramref name="deleted"/> are expected in the delta only.</summary>
    public Task RunAsync(IReadOnlyList<ClientInstance> registered, params ClientInstance[] deleted) =>
        RunAsync(Questions(registered, deleted));

    /// <summary>Reads all that lists instances, and no instance alone.</summary>
    public Task RunListsAsync(IReadOnlyList<ClientInstance> registered) =>
        RunAsync(Questions(registered, []).Where(question => question.Document != ClientDocument.Instance));

    private async Task RunAsync(IEnumerable<Question> questions)
    {
        foreach (Question question in questions)
        {
            foreach (WireFormat format in Enum.GetValues<WireFormat>())
            {
                await ReadVariantsAsync(question, format);
            }
        }
    }

    private async Task ReadVariantsAsync(Question question, WireFormat format)
    {
        bool single = question.Document == ClientDocument.Instance;
        foreach (bool compact in single ? [false] : (bool[])[false, true])
        {
            foreach (bool packed in (bool[])[false, true])
            {
                Answer answer = await calls.ReadAsync(question.Path, format, compact, packed);
                Assert.True(answer.Status == 200, $"GET {question.Path}: {answer.Status}");
                Assert.Equal(format == WireFormat.Json ? "application/json" : "application/xml", answer.ContentType);
                Assert.False(answer.Packed && !packed, $"GET {question.Path} came as gzip, which nobody asked for");
                foreach (IClientReader reader in KnownClients.For(format, question.Document))
                {
                    Check(question, reader, compact, answer);
                    Readings++;
                }
            }
        }
    }

    private static void Check(Question question, IClientReader reader, bool compact, Answer answer)
    {
        ClientView view = reader.Read(question.Document, answer.Body);
        List<string> wrong = [];
        foreach (ClientInstance expected in question.Expected)
        {
            ClientInstance? seen = view.Find(expected.App!, expected.Id!);
            wrong.AddRange(seen is null
                ? [$"{expected.App}/{expected.Id} is missing"]
                : Differences(reader, compact, expected, seen));
        }

        int count = view.Instances.Count();
        if (count != question.Expected.Count)
        {
            wrong.Add($"{count} instances, expected {question.Expected.Count}");
        }

        if (view.Hash is { } hash && question.Hash is { } expectedHash && hash != expectedHash)
        {
            wrong.Add($"hash {hash}, expected {expectedHash}");
        }

        Assert.True(
            wrong.Count == 0,
            $"{reader.Name} reads GET {question.Path}{(compact ? " (compact)" : "")} differently:\n{string.Join('\n', wrong)}\n"
                + Encoding.UTF8.GetString(answer.Body));
    }

    private static IEnumerable<string> Differences(
        IClientReader reader, bool compact, ClientInstance expected, ClientInstance seen)
    {
        ClientInstance shown = AsShown(reader, compact, expected);
        foreach (string member in reader.Reads.Where(m => !(compact && s_notCompact.Contains(m))))
        {
            bool chosenByServer = member == nameof(ClientInstance.LastUpdatedMs)
                || (member == nameof(ClientInstance.LastDirtyMs) && expected.LastDirtyMs is null);
            string want = ClientInstance.Members[member](shown);
            string have = ClientInstance.Members[member](seen);
            if (chosenByServer ? have.Length == 0 : want != have)
            {
                yield return $"{expected.App}/{expected.Id} {member}: '{have}', expected '{want}'";
            }
        }
    }

    private static ClientInstance AsShown(IClientReader reader, bool compact, ClientInstance i)
    {
        ClientInstance shown = compact && i.DataCenterMetadata is { } amazon
            ? i with { DataCenterMetadata = amazon.Where(p => s_compactAmazonKeys.Contains(p.Key)).ToDictionary() }
            : i;
        return reader.KeepsEscapedNames && shown.Metadata is { } metadata
            ? shown with { Metadata = metadata.ToDictionary(p => XStreamNames.EncodeWithoutPrefix(p.Key), p => p.Value) }
            : shown;
    }

    private static IEnumerable<Question> Questions(IReadOnlyList<ClientInstance> registered, ClientInstance[] deleted)
    {
        string hash = ClientCache.Hash(registered);
        yield return new Question("apps", ClientDocument.Full, registered, hash);
        yield return new Question("apps/", ClientDocument.Full, registered, hash);
        yield return new Question("apps/delta", ClientDocument.Delta, [.. registered, .. deleted], hash);
        foreach (IGrouping<string?, ClientInstance> app in registered.GroupBy(i => i.App))
        {
            yield return new Question($"apps/{EurekaCalls.Escape(app.Key!)}", ClientDocument.Application, [.. app], null);
        }

        foreach (ClientInstance i in registered)
        {
            yield return new Question(EurekaCalls.PathOf(i.App!, i.Id!), ClientDocument.Instance, [i], null);
            yield return new Question($"instances/{EurekaCalls.Escape(i.Id!)}", ClientDocument.Instance, [i], null);
        }

        foreach (Question question in Vips("vips", registered, i => i.Vip).Concat(Vips("svips", registered, i => i.SecureVip)))
        {
            yield return question;
        }

        yield return new Question("vips/nobody-has-it", ClientDocument.Vip, [], "");
        yield return new Question("svips/nobody-has-it", ClientDocument.Vip, [], "");
    }

    private static IEnumerable<Question> Vips(
        string path, IReadOnlyList<ClientInstance> registered, Func<ClientInstance, string?> vipsOf)
    {
        IEnumerable<string> names = registered.SelectMany(i => (vipsOf(i) ?? "").Split(',')).Where(v => v.Length > 0).Distinct();
        return names.Select(name =>
        {
            ClientInstance[] members = [.. registered.Where(i => (vipsOf(i) ?? "").Split(',').Contains(name))];
            return new Question($"{path}/{EurekaCalls.Escape(name)}", ClientDocument.Vip, members, ClientCache.Hash(members));
        });
    }

    private sealed record Question(
        string Path, ClientDocument Document, IReadOnlyList<ClientInstance> Expected, string? Hash);
}
