using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Rollcall.Testing.Support.JavaEureka;

/// <summary>A request as JAX-RS hands it on: path and query decoded, and what Eureka takes out of the headers.</summary>
internal sealed record JavaCall(PlainRequest Request, string[] Path, IReadOnlyList<KeyValuePair<string, string>> Query)
{
    /// <summary>Java looks for the letters and nothing else.</summary>
    public bool WantsJson => Request.Header("Accept")?.Contains("json", StringComparison.Ordinal) == true;

    public bool IsReplication => Request.Header("x-netflix-discovery-replication") == "true";

    /// <exception cref="JavaRefusal">It is not below the base path, or cannot be decoded.</exception>
    public static JavaCall Read(PlainRequest request, string basePath)
    {
        string[] halves = request.Target.Split('?', 2);
        if (!halves[0].StartsWith(basePath + "/", StringComparison.Ordinal))
        {
            throw new JavaRefusal($"nothing is served outside of {basePath}", 404);
        }

        string rest = halves[0][(basePath.Length + 1)..];
        string[] path = [.. rest.TrimEnd('/').Split('/').Select(segment => Decode(segment, plusIsSpace: false))];
        KeyValuePair<string, string>[] query =
        [
            .. (halves.ElementAtOrDefault(1) ?? "")
                .Split('&', StringSplitOptions.RemoveEmptyEntries)
                .Select(pair => pair.Split('=', 2))
                .Select(pair => KeyValuePair.Create(Decode(pair[0], true), Decode(pair.ElementAtOrDefault(1) ?? "", true))),
        ];
        return new JavaCall(request, path, query);
    }

    /// <exception cref="JavaRefusal">Another parameter is there: Java ignores it, so it was not meant for this.</exception>
    public JavaCall Only(params string[] names)
    {
        string? other = Query.Select(pair => pair.Key).FirstOrDefault(name => !names.Contains(name));
        return other is null ? this : throw new JavaRefusal($"Java ignores the parameter {other} here");
    }

    /// <exception cref="JavaRefusal">It is no status: Java fails with 500.</exception>
    public string? Status(string name, bool optional = false)
    {
        string? value = Parameter(name);
        return (value is null && optional) || JavaInstance.Statuses.Contains(value)
            ? value
            : throw new JavaRefusal($"{name}={value} is no status: Java fails", 500);
    }

    /// <exception cref="JavaRefusal">It is no number: Java fails with 500.</exception>
    public long? Number(string name) =>
        Parameter(name) is not { } text ? null
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number
        : throw new JavaRefusal($"{name}={text} is no number: Java fails", 500);

    /// <exception cref="JavaRefusal">It is not said to be JSON, or is packed.</exception>
    public byte[] JsonBody()
    {
        string? type = Request.Header("Content-Type");
        return type?.Split(';')[0].Trim() != "application/json" ? throw new JavaRefusal($"Content-Type {type}: send application/json", 415)
            : Request.Header("Content-Encoding") is { } coding ? throw new JavaRefusal($"Spring's server unpacks no request ({coding})")
            : Request.Body;
    }

    public PlainAnswer Answer(int status, string root, JsonObject content)
    {
        string body = WantsJson ? new JsonObject { [root] = content }.ToJsonString() : JavaXml.Write(root, content);
        return new PlainAnswer(status, Encoding.UTF8.GetBytes(body), ("Content-Type", WantsJson ? "application/json" : "application/xml"));
    }

    private static string Decode(string text, bool plusIsSpace)
    {
        if (text.Any(c => c is < '!' or > '~' or '"' or '<' or '>' or '\\' or '^' or '`' or '{' or '|' or '}' or '#'))
        {
            throw new JavaRefusal($"'{text}' holds what may not stand in a URL", 400);
        }

        return Uri.UnescapeDataString(plusIsSpace ? text.Replace('+', ' ') : text);
    }

    private string? Parameter(string name) => Query.FirstOrDefault(pair => pair.Key == name).Value;
}
