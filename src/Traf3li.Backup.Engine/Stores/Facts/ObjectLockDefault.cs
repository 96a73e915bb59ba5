namespace Traf3li.Backup.Engine.Stores.Facts;

/// <summary>Object Lock of a bucket.</summary>
/// <param name="IsEnabled">Whether versions can be locked.</param>
/// <param name="Mode"><c>GOVERNANCE</c> or <c>COMPLIANCE</c>: how new versions are locked without being asked; null when they are not.</param>
/// <param name="Days">For how many days; a year counts 365.</param>
internal sealed record ObjectLockDefault(bool IsEnabled, string? Mode = null, int? Days = null);
