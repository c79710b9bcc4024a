using System.Globalization;
using Rollcall.Core.Model;
using Rollcall.Core.Seams;
using Rollcall.Core.Watching;
using Rollcall.Testing.Support;

namespace Rollcall.Transports.Tests.Conformance;

/// <summary>Whatever a link gives, as text that is equal if what can be read of it is.</summary>
internal static class Answers
{
    public static string Shown<T>(T answer) =>
        answer switch
        {
            null => "null",
            Instance instance => Portrait.Whole(instance),
            IEnumerable<Instance> instances => string.Join('\n', instances.Select(Portrait.Whole).Order(StringComparer.Ordinal)),
            RegistryUpdate update =>
                $"{update.Kind} {update.Version} {Shown(update.Instances)} {string.Join('\n', update.Changes.Select(Shown))}",
            DeltaRead delta => $"{delta.Error} {Shown(delta.Update)}",
            InstanceChange { Kind: Core.Snapshots.ChangeKind.Removed } gone => $"{gone with { OwnStatus = default, Override = null }}",
            InstanceChange change => $"{change with { Record = null }} {Shown(change.Record)}",
            _ => string.Create(CultureInfo.InvariantCulture, $"{answer}"),
        };
}
