namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>One RDB of a backup of Redis.</summary>
/// <param name="Name">The key of its object, or its path: names it in errors.</param>
/// <param name="Recorded">What the manifest says of it; null without a manifest.</param>
internal sealed record RedisBackupPart(string Name, RedisShardManifest? Recorded);
