using System.Diagnostics;
using System.Diagnostics.Metrics;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;

namespace Rollcall.Client;

/// <summary>A client as numbers and spans. Names and units are a contract with users.</summary>
/// <remarks>
/// <para>No instance id and no service name is ever a label: both grow with the fleet.</para>
/// <para>Cost: nothing until somebody listens; then a choice is counted with 0 bytes, a call to the registry with one small object, and
/// the gauges read the catalogue once per collection, O(instances).</para>
/// </remarks>
internal sealed class ClientMeter : IDisposable
{
    /// <summary>Of the meter and of the source of activities.</summary>
    public const string Name = "Rollcall.Client";

    private static readonly ActivitySource s_activities = new(Name);

    private readonly RollcallClient _client;
    private readonly Meter _meter;
    private readonly bool _ownsMeter;
    private readonly Histogram<double> _callDuration;
    private readonly Counter<long> _serversLeft;
    private readonly Counter<long> _choices;

    /// <summary>Instruments over <paramref name="client"/>; <paramref name="meter"/> belongs to the caller, null: one of its own.</summary>
    public ClientMeter(RollcallClient client, Meter? meter)
    {
        _client = client;
        _ownsMeter = meter is null;
        _meter = meter ?? new Meter(Name);
        _callDuration = _meter.CreateHistogram<double>("rollcall.client.call.duration", "s", "Time that a call to the registry took, other servers tried included");
        _serversLeft = _meter.CreateCounter<long>("rollcall.client.servers_left", "{server}", "Times that the server in use failed and was left");
        _choices = _meter.CreateCounter<long>("rollcall.client.choices", "{choice}", "Choices of an instance, by outcome");
        CreateGauges();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_ownsMeter)
        {
            _meter.Dispose();
        }
    }

    /// <summary>The server in use failed.</summary>
    public void ServerLeft() => _serversLeft.Add(1);

    /// <summary>An instance was chosen, or there was none.</summary>
    public void Chose(bool found) => _choices.Add(1, KeyValuePair.Create<string, object?>("outcome", found ? "chosen" : "none"));

    /// <summary>A call to the registry begins; disposing of what is returned ends it.</summary>
    public MeasuredCall Begin(string operation) => new(this, operation);

    private void CreateGauges()
    {
        _meter.CreateObservableGauge("rollcall.client.catalogue.age", Age, "s", "Time since the registry was heard, or the file written that the catalogue is from");
        Gauge("rollcall.client.catalogue.services", "{service}", "Services known", () => _client.Catalogue.Services.Count);
        Gauge("rollcall.client.catalogue.instances", "{instance}", "Instances known", () => _client.Catalogue.Services.Sum(list => list.Endpoints.Length));
        Gauge("rollcall.client.catalogue.held", "{instance}", "Instances kept though the registry has lost them", () => _client.Catalogue.Services.Sum(list => list.HeldUpCount));
        Gauge("rollcall.client.catalogue.aside", "{instance}", "Instances put aside after failed calls", _client.CountAside);
        Gauge("rollcall.client.registered", "1", "1 while the registry holds this instance as up", () => _client.RegisteredStatus == InstanceStatus.Up ? 1 : 0);
    }

    private IEnumerable<Measurement<double>> Age() => _client.Age is { } age ? [new(age.TotalSeconds)] : [];

    private void Gauge(string name, string unit, string description, Func<long> read) =>
        _meter.CreateObservableGauge(name, read, unit, description);

    /// <summary>One call to the registry, whichever servers it takes.</summary>
    internal sealed class MeasuredCall : IDisposable
    {
        private readonly ClientMeter _meter;
        private readonly string _operation;
        private readonly Activity? _activity;
        private readonly long _began = Stopwatch.GetTimestamp();
        private string? _failure;

        internal MeasuredCall(ClientMeter meter, string operation)
        {
            _meter = meter;
            _operation = operation;
            _activity = s_activities.HasListeners() ? s_activities.StartActivity($"rollcall.{operation}", ActivityKind.Client) : null;
        }

        /// <summary>This server is asked; called again for the next.</summary>
        public void Asks(string server) => _activity?.SetTag("server.address", server);

        /// <summary>No server has answered.</summary>
        public void Failed(LinkException failure)
        {
            _failure = failure.Failure.ToString();
            _activity?.SetTag("error.type", _failure).SetStatus(ActivityStatusCode.Error, failure.Message);
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            TagList tags = new() { { "operation", _operation } };
            if (_failure is not null)
            {
                tags.Add("error.type", _failure);
            }

            _meter._callDuration.Record(Stopwatch.GetElapsedTime(_began).TotalSeconds, tags);
            _activity?.Dispose();
        }
    }
}
