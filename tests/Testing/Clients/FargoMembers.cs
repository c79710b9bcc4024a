namespace Rollcall.Testing.Support.Clients;

/// <summary>
/// What fargo's <c>Instance</c> holds, in either format. Amazon's metadata goes into named fields, which the models leave out.
/// </summary>
internal static class FargoMembers
{
    public static readonly IReadOnlySet<string> Read = ClientInstance.Members.Keys.Except(
    [
        nameof(ClientInstance.Group), nameof(ClientInstance.Sid), nameof(ClientInstance.SecureHealthCheckUrl),
        nameof(ClientInstance.Coordinating), nameof(ClientInstance.LastUpdatedMs), nameof(ClientInstance.LastDirtyMs),
        nameof(ClientInstance.Action), nameof(ClientInstance.Asg), nameof(ClientInstance.DataCenterMetadata),
    ]).ToHashSet();
}
