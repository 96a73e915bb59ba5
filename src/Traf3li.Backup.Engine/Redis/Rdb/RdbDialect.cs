namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>Whose RDB it is, by its magic. The two number some types and opcodes differently.</summary>
internal enum RdbDialect
{
    /// <summary>Magic <c>REDIS</c> and four digits: Redis, and Valkey up to 8.</summary>
    Redis,

    /// <summary>Magic <c>VALKEY</c> and three digits: Valkey 9.</summary>
    Valkey,
}
