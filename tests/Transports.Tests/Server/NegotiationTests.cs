using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Rollcall.Core.Snapshots;
using Rollcall.Transports.HttpServer.Documents;

namespace Rollcall.Transports.Tests.Server;

/// <summary>The table of odd Accept, Accept-Encoding and If-None-Match headers.</summary>
public sealed class NegotiationTests
{
    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("*/*", false)]
    [InlineData("application/xml", false)]
    [InlineData("text/html", false)]
    [InlineData("nonsense;;;", false)]
    [InlineData("application/json", true)]
    [InlineData("application/json;q=0", true)]
    [InlineData("application/xml, application/json;q=0.1", true)]
    [InlineData("application/vnd.netflix+json", true)]
    [InlineData("APPLICATION/JSON", true)]
    public void JSON_is_what_Accept_names_anywhere_and_XML_the_rest(string? accept, bool json) =>
        Assert.Equal(json, Variant.Of(Headers(("Accept", accept))).Json);

    [Fact]
    public void Several_Accept_headers_are_one_list()
    {
        var headers = new HeaderDictionary { ["Accept"] = new StringValues(["text/html", "application/json"]) };
        Assert.True(Variant.WantsJson(headers));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("*", false)]
    [InlineData("identity", false)]
    [InlineData("br, deflate", false)]
    [InlineData("gzip;q=0", false)]
    [InlineData("gzip; q=0.000", false)]
    [InlineData("gzipped", false)]
    [InlineData("gzip", true)]
    [InlineData("GZIP", true)]
    [InlineData("x-gzip", true)]
    [InlineData("deflate, gzip", true)]
    [InlineData("gzip;q=0.5, br", true)]
    [InlineData(",,gzip,", true)]
    public void Gzip_is_sent_to_those_who_name_it(string? acceptEncoding, bool gzip) =>
        Assert.Equal(
            gzip ? DocumentCoding.Gzip : DocumentCoding.Plain,
            Variant.Of(Headers(("Accept-Encoding", acceptEncoding))).Coding
        );

    [Theory]
    [InlineData(null, false)]
    [InlineData("full", false)]
    [InlineData("other", false)]
    [InlineData("compact", true)]
    [InlineData("COMPACT", true)]
    public void The_compact_form_is_asked_for_by_name(string? form, bool compact) =>
        Assert.Equal(compact, Variant.Of(Headers(("X-Eureka-Accept", form))).Compact);

    [Fact]
    public void Every_form_of_every_version_of_every_boot_has_its_own_tag()
    {
        IEnumerable<Variant> variants =
            from json in (bool[])[false, true]
            from compact in (bool[])[false, true]
            from coding in (DocumentCoding[])[DocumentCoding.Plain, DocumentCoding.Gzip] // what HTTP knows
            select new Variant(json, compact, coding);
        string[] tags =
        [
            .. from variant in variants
            from boot in (ulong[])[1, 2]
            from version in (ulong[])[1, 2, ulong.MaxValue]
            select EntityTag.Of(boot, version, variant),
        ];
        Assert.Equal(tags.Length, tags.Distinct().Count());
        Assert.All(tags, tag => Assert.Matches("^\"[!-~-[\"]]+\"$", tag));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("\"b\"", false)]
    [InlineData("a", false)]
    [InlineData("\"a\"", true)]
    [InlineData("W/\"a\"", true)]
    [InlineData("*", true)]
    [InlineData("\"b\", \"a\"", true)]
    [InlineData(" , \"x,y\" ,W/\"a\",", true)]
    public void If_None_Match_is_a_list_or_a_star(string? ifNoneMatch, bool named) =>
        Assert.Equal(named, EntityTag.IsNamedBy(ifNoneMatch, "\"a\""));

    private static HeaderDictionary Headers(params (string Name, string? Value)[] headers)
    {
        var dictionary = new HeaderDictionary();
        foreach ((string name, string? value) in headers.Where(h => h.Value is not null))
        {
            dictionary[name] = value;
        }

        return dictionary;
    }
}
