namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>The commands that a restore sends.</summary>
internal enum RestoreCommand
{
    Restore,
    Exists,
    Select,
    Delete,
    Set,
    RPush,
    SAdd,
    ZAdd,
    HSet,
    HPExpireAt,
    XAdd,
    XSetId,
    XGroupCreate,
    XGroupDestroy,
    XGroupCreateConsumer,
    XClaim,
    PExpireAt,
    FunctionLoad,
}
