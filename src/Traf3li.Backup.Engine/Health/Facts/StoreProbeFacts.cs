namespace Traf3li.Backup.Engine.Health.Facts;

/// <summary>What a probe of writing found: the object is dated by the store.</summary>
/// <param name="ClockAhead">The store's time less this machine's, to a second or so.</param>
internal sealed record StoreProbeFacts(TimeSpan ClockAhead);
