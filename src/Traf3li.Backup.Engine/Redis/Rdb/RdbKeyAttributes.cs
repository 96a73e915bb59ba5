namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>What an RDB says of a key beside its value.</summary>
/// <param name="ExpiresAt">When it expires, milliseconds since 1970; null for never.</param>
/// <param name="IdleSeconds">Seconds since it was used.</param>
/// <param name="Frequency">The server's logarithmic counter of uses; a server keeps this or the other.</param>
internal readonly record struct RdbKeyAttributes(long? ExpiresAt = null, long? IdleSeconds = null, byte? Frequency = null);
