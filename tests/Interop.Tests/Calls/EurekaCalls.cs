using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Rollcall.Testing.Support;
using Rollcall.Testing.Support.Clients;

namespace Rollcall.Interop.Tests.Calls;

/// <summary>The calls of Eureka clients, header for header, over real HTTP.</summary>
/// <remarks>
/// <para>Owner: one test; calls may run at once.</para>
/// <para>Units: every call ends within <see cref="Deadline"/> or throws.</para>
/// </remarks>
internal sealed class EurekaCalls(Uri server, string prefix = "eureka/") : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None })
    {
        BaseAddress = new Uri(server, prefix),
        Timeout = Deadline,
    };

    /// <summary>Generous: machines pause.</summary>
    public static TimeSpan Deadline => TimeSpan.FromSeconds(60);

    public void Dispose() => _http.Dispose();

    /// <summary>POST of a registration, as its client writes it.</summary>
    public async Task<Answer> RegisterAsync(string app, string contentType, string body)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, $"apps/{Escape(app)}");
        request.Content = new StringContent(body, Encoding.UTF8, contentType);
        request.Headers.AcceptEncoding.ParseAdd("gzip");
        return await SendAsync(request);
    }

    /// <summary>A registration that the test has no doubt about.</summary>
    public async Task RegisterAsync(ClientInstance instance)
    {
        RegistrationShape shape = RegistrationShape.Java;
        Answer answer = await RegisterAsync(instance.App!, shape.ContentType, shape.Write(instance));
        Assert.True(answer.Status == 204, $"{answer.Status}: {Encoding.UTF8.GetString(answer.Body)}");
    }

    /// <summary>A heartbeat; the body is what Jersey clients send.</summary>
    public async Task<Answer> RenewAsync(string app, string id, string query = "")
    {
        using HttpRequestMessage request = new(HttpMethod.Put, PathOf(app, id) + query);
        request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        return await SendAsync(request);
    }

    /// <summary>DELETE of an instance.</summary>
    public Task<Answer> CancelAsync(string app, string id) => SendAsync(HttpMethod.Delete, PathOf(app, id));

    /// <summary>PUT of an override.</summary>
    public Task<Answer> OverrideAsync(string app, string id, string status) =>
        SendAsync(HttpMethod.Put, $"{PathOf(app, id)}/status?value={status}");

    /// <summary>DELETE of an override.</summary>
    public Task<Answer> ClearOverrideAsync(string app, string id) => SendAsync(HttpMethod.Delete, $"{PathOf(app, id)}/status");

    /// <summary>PUT of one metadata pair.</summary>
    public Task<Answer> SetMetadataAsync(string app, string id, string key, string value) =>
        SendAsync(HttpMethod.Put, $"{PathOf(app, id)}/metadata?{Escape(key)}={Escape(value)}");

    /// <summary>A POST without a body, to a path from the server's root.</summary>
    public Task<Answer> PostAsync(string path) => SendAsync(HttpMethod.Post, path);

    /// <summary>A read; without a format there is no Accept header.</summary>
    public async Task<Answer> ReadAsync(string path, WireFormat? format = null, bool compact = false, bool packed = false)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        if (format is { } wanted)
        {
            request.Headers.Accept.ParseAdd(wanted == WireFormat.Json ? "application/json" : "application/xml");
        }

        if (compact)
        {
            request.Headers.Add("X-Eureka-Accept", "compact");
        }

        if (packed)
        {
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        }

        return await SendAsync(request);
    }

    /// <summary>The status of one instance: its own text, or null if the server does not know it.</summary>
    public async Task<string?> StatusOfAsync(string app, string id)
    {
        Answer answer = await ReadAsync(PathOf(app, id), WireFormat.Json);
        return answer.Status == 404
            ? null
            : new LegacyJavaJsonReader().Read(ClientDocument.Instance, answer.Body).Instances.Single().Status;
    }

    /// <summary>The path of one instance below the prefix.</summary>
    public static string PathOf(string app, string id) => $"apps/{Escape(app)}/{Escape(id)}";

    /// <summary>A path segment, percent-encoded.</summary>
    public static string Escape(string segment) => Uri.EscapeDataString(segment);

    private async Task<Answer> SendAsync(HttpMethod method, string path)
    {
        using HttpRequestMessage request = new(method, path);
        return await SendAsync(request);
    }

    private async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using HttpResponseMessage response = await _http.SendAsync(request);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        bool packed = response.Content.Headers.ContentEncoding.Contains("gzip");
        return new Answer(
            (int)response.StatusCode,
            packed ? StrictGzip.Unpack(body) : body,
            response.Content.Headers.ContentType?.MediaType,
            packed);
    }
}
