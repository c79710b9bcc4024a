using Rollcall.Client.Registering;
using Rollcall.Core;
using Rollcall.Core.Leases;
using Rollcall.Core.Model;
using Rollcall.Testing.Support;

namespace Rollcall.Client.Tests.Registering;

/// <summary>A registration machine and the time around it, in short words; all chances are <see cref="Chance"/>.</summary>
internal sealed class MachineRun
{
    public const double Chance = 0.5;

    public static readonly Registration Wanted = RegistrationBuilder.Of("orders", "i-1") with
    {
        LeaseDuration = TimeSpan.FromSeconds(30),
        RenewalInterval = TimeSpan.FromSeconds(10),
    };

    private readonly RegistrationMachine _machine;
    private readonly List<string> _sent = [];

    public MachineRun(ClientOptions? options = null, Registration? wanted = null)
    {
        _machine = new RegistrationMachine(options ?? new ClientOptions());
        State = RegistrationMachine.Begin(wanted ?? Wanted, 1_000);
    }

    public RegistrationState State { get; private set; }

    public MonotonicTime Now { get; private set; }

    public RegistrationStep Last { get; private set; }

    /// <summary>All that was sent: verbs, of registrations with the status.</summary>
    public IReadOnlyList<string> Sent => _sent;

    public MachineRun Step(RegistrationEvent happened)
    {
        Last = _machine.Step(State, happened, Now, Chance);
        State = Last.State;
        if (Last.Verb != RegistrationVerb.None)
        {
            _sent.Add(Last.Record is { } record ? $"Register {record.Status}" : Last.Verb.ToString());
        }

        return this;
    }

    /// <summary>Time passes, in one go.</summary>
    public MachineRun Pass(TimeSpan span)
    {
        Now += span;
        return Step(new RegistrationEvent.TimePassed());
    }

    /// <summary>Time passes to when the machine wants to be woken.</summary>
    public MachineRun Wake()
    {
        Assert.NotEqual(RegistrationStep.Never, Last.WakeAt);
        Now = Last.WakeAt > Now ? Last.WakeAt : Now;
        return Step(new RegistrationEvent.TimePassed());
    }

    public MachineRun Accept(ulong version = 7, int link = 1) =>
        Step(new RegistrationEvent.Registered(new LeaseHandle(42), version, link));

    public MachineRun Fail() => Step(new RegistrationEvent.CallFailed());

    public MachineRun Refuse() => Step(new RegistrationEvent.Refused(new RegistryError(RegistryErrorCode.InvalidValue, "no")));

    public MachineRun Start() => Step(new RegistrationEvent.HostStarted());

    public MachineRun Health(bool healthy) => Step(new RegistrationEvent.HealthSeen(healthy));

    public MachineRun Metadata(string value) =>
        Step(new RegistrationEvent.RecordSet(State.Wanted with { Metadata = [KeyValuePair.Create("m", value)] }));

    public MachineRun Stop() => Step(new RegistrationEvent.StopAsked());

    /// <summary>An instance that takes traffic.</summary>
    public static MachineRun Up(ClientOptions? options = null)
    {
        MachineRun run = new MachineRun(options).Pass(TimeSpan.Zero).Accept().Start().Health(true).Accept();
        Assert.Equal(InstanceStatus.Up, run.State.Told);
        run._sent.Clear();
        return run;
    }
}
