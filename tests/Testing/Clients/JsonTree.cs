using System.Text.Json;

namespace Rollcall.Testing.Support.Clients;

/// <summary>A JSON document as the clients' parsers see it: no comments, no trailing commas, one root.</summary>
internal static class JsonTree
{
    /// <summary>The root, detached from the parser.</summary>
    public static JsonElement Parse(string client, ReadOnlyMemory<byte> body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new ClientRejectsException(client, $"not well-formed JSON: {e.Message}", e);
        }
    }

    public static bool IsScalar(this JsonElement element) =>
        element.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array);

    /// <summary>The text of a scalar: a string's value, else the token as written.</summary>
    public static string ScalarText(this JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText();
}
