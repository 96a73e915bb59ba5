namespace Traf3li.Backup;

/// <summary>One database of a Redis server before and after a restore.</summary>
/// <param name="Index">Its number.</param>
/// <param name="CountBefore">Its keys before.</param>
/// <param name="CountAfter">Its keys after, as the server counts them: keys whose time has come may still be among them.</param>
/// <param name="RestoredCount">Keys of the backup written into it.</param>
public sealed record RedisRestoredDatabase(int Index, long CountBefore, long CountAfter, long RestoredCount);
