using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Rollcall.Client.AspNetCore;
using Rollcall.Client.AspNetCore.Configuration;
using Rollcall.Configuration;
using Rollcall.Testing.Support;

namespace Rollcall.Client.Tests.AspNetCore.Configuration;

/// <summary>The schema that editors complete <c>appsettings.json</c> by is made from the options, and ships in the package.</summary>
public sealed class ConfigurationSchemaTests
{
    private const string UpdateVariable = "ROLLCALL_UPDATE_SCHEMA";
    private const string Folder = "src/Client.AspNetCore";

    private static readonly JsonSerializerOptions s_readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly string s_path = Repository.PathOf($"{Folder}/ConfigurationSchema.json");

    [Fact]
    public void It_is_that_of_the_options()
    {
        string made = Schema().ToJsonString(s_readable).ReplaceLineEndings("\n") + "\n";
        if (Environment.GetEnvironmentVariable(UpdateVariable) is not null)
        {
            File.WriteAllText(s_path, made);
        }
        else
        {
            Assert.True(made == File.ReadAllText(s_path), $"{s_path} is old. Run this test with {UpdateVariable}=1.");
        }
    }

    [Fact]
    public void It_is_in_the_package_and_editors_are_told()
    {
        XElement project = XElement.Load(Repository.PathOf($"{Folder}/Client.AspNetCore.csproj"));
        Dictionary<string, string?> packed = project
            .Descendants("None")
            .Where(item => (string?)item.Attribute("Pack") == "true")
            .ToDictionary(item => (string)item.Attribute("Update")!, item => (string?)item.Attribute("PackagePath"));
        Assert.Equal("/", packed["ConfigurationSchema.json"]);
        string targets = packed.Keys.Single(file => file.EndsWith(".targets", StringComparison.Ordinal));
        // NuGet imports the file only if it is named as the package.
        Assert.Equal($"{typeof(RollcallClientSettings).Assembly.GetName().Name}.targets", Path.GetFileName(targets));
        Assert.Equal(targets, packed[targets]);
        XElement segment = Assert.Single(XElement.Load(Repository.PathOf($"{Folder}/{targets}")).Descendants("JsonSchemaSegment"));
        Assert.Equal("$(MSBuildThisFileDirectory)../ConfigurationSchema.json", (string?)segment.Attribute("Include"));
    }

    private static JsonObject Schema()
    {
        JsonObject client = Properties(ClientOptionKeys.Client, new ClientOptions());
        JsonObject self = Properties(ClientOptionKeys.Self, new SelfOptions { Service = "" });
        self[ClientSection.Metadata] = Parse("""{ "type": "object", "additionalProperties": { "type": "string" }, "description": "Pairs of the application's own." }""");
        client[ClientSection.Servers] = Parse(
            """
            {
              "type": ["string", "array"],
              "description": "The nodes of the registry: addresses with commas between, or an array.",
              "items": {
                "anyOf": [
                  { "type": "string" },
                  {
                    "type": "object",
                    "properties": {
                      "Address": {
                        "type": ["string", "array"],
                        "items": { "type": "string" },
                        "description": "tcp://HOST:PORT; of several of one node the first that works is taken."
                      },
                      "Zone": { "type": "string", "description": "Where it is. Those of the client's zone are asked first." }
                    },
                    "required": ["Address"]
                  }
                ]
              }
            }
            """
        );
        client[ClientSection.Token] = Parse("""{ "type": "string", "description": "Shown to the servers. Better from the environment or a mounted file." }""");
        client[ClientSection.User] = Parse("""{ "type": "string", "description": "Name that belongs to the token, for servers that ask for both." }""");
        client[ClientSection.Self] = Object(self, "What to register; absent: nothing.");
        return Object(new() { ["Rollcall"] = Object(new() { ["Client"] = Object(client, "A client of a Rollcall registry.") }) });
    }

    private static JsonObject Properties<TOptions>(OptionKeySet<TOptions> keys, TOptions defaults)
        where TOptions : class
    {
        var documentation = new XmlDocumentation(typeof(TOptions).Assembly);
        var properties = new JsonObject();
        foreach (OptionKey<TOptions> key in keys)
        {
            JsonNode property = Parse($"{{ {key.Json} }}");
            property["description"] = $"{documentation.Summary(typeof(TOptions), key.Name)} {Capital(key.Range is null ? key.Kind : $"{key.Kind}: {key.Range}")}.";
            property["default"] = key.Show(defaults) is { Length: > 0 } shown ? shown : null;
            properties[key.Name] = property;
        }

        return properties;
    }

    private static JsonObject Object(JsonObject properties, string? description = null)
    {
        var made = new JsonObject { ["type"] = "object" };
        if (description is not null)
        {
            made["description"] = description;
        }

        made["properties"] = properties;
        return made;
    }

    private static JsonNode Parse(string json) => JsonNode.Parse(json)!;

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
