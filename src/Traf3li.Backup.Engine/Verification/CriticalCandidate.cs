namespace Traf3li.Backup.Engine.Verification;

/// <summary>One collection, view or time series in which a critical one may be found.</summary>
/// <param name="Database">The database, as it is called in the backup.</param>
/// <param name="Collection">The collection.</param>
/// <param name="Count">Documents; null when this cannot be told without a restore, as of a view.</param>
internal readonly record struct CriticalCandidate(string Database, string Collection, long? Count);
