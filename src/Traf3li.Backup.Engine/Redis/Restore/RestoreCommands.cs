using System.Text;
using Traf3li.Backup.Engine.Redis.Rdb;

namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>How commands are written.</summary>
internal static class RestoreCommands
{
    private static readonly string[] Names =
    [
        "RESTORE", "EXISTS", "SELECT", "DEL", "SET", "RPUSH", "SADD", "ZADD", "HSET", "HPEXPIREAT", "XADD", "XSETID", "XGROUP CREATE", "XGROUP DESTROY",
        "XGROUP CREATECONSUMER", "XCLAIM", "PEXPIREAT", "FUNCTION LOAD",
    ];

    private static readonly byte[][][] Words = [.. Names.Select(name => name.Split(' ').Select(Encoding.ASCII.GetBytes).ToArray())];

    /// <summary>The name with the subcommand, for errors.</summary>
    public static string NameOf(RestoreCommand command) => Names[(int)command];

    /// <summary>The words that it begins with.</summary>
    public static byte[][] WordsOf(RestoreCommand command) => Words[(int)command];

    /// <summary>The commands that rebuild values of a type, beside DEL and HSET, which every restore sends.</summary>
    public static RestoreCommand[] Rebuilding(RdbDataType type, RestoreAbilities target) => type switch
    {
        RdbDataType.String => [RestoreCommand.Set],
        RdbDataType.List => [RestoreCommand.RPush],
        RdbDataType.Set => [RestoreCommand.SAdd],
        RdbDataType.SortedSet => [RestoreCommand.ZAdd],
        RdbDataType.Stream =>
        [
            RestoreCommand.XAdd, RestoreCommand.XSetId, RestoreCommand.XGroupCreate, RestoreCommand.XGroupDestroy, RestoreCommand.XClaim,
            .. target.HasConsumerCreation ? [RestoreCommand.XGroupCreateConsumer] : Array.Empty<RestoreCommand>(),
        ],
        _ => [],
    };
}
