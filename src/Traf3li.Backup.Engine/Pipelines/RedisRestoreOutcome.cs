namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>What a restore of Redis did.</summary>
/// <param name="Result">What happened to keys and functions.</param>
/// <param name="Bytes">Bytes of the RDBs read.</param>
/// <param name="Warnings">What the user should know.</param>
internal sealed record RedisRestoreOutcome(RedisRestoreResult Result, long Bytes, IReadOnlyList<string> Warnings);
