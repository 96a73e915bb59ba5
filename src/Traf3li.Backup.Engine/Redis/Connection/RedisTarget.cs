using System.Net;
using System.Text;

namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>What a Redis URL names: one server (which may be a node of a cluster), or a master that Sentinels know.</summary>
internal sealed record RedisTarget
{
    /// <summary>The server, or the Sentinels.</summary>
    public required IReadOnlyList<RedisEndpoint> Endpoints { get; init; }

    /// <summary>The name of the master that the Sentinels are asked for; null when <see cref="Endpoints" /> is the server itself.</summary>
    public string? SentinelMaster { get; init; }

    /// <summary>The ACL user; null: the default user.</summary>
    public string? UserName { get; init; }

    /// <summary>The password; null: no login.</summary>
    public string? Password { get; init; }

    /// <summary>The ACL user of the Sentinels themselves; null: their default user.</summary>
    public string? SentinelUserName { get; init; }

    /// <summary>The password of the Sentinels; null: none is sent, or the server's own where a Sentinel asks for one.</summary>
    public string? SentinelPassword { get; init; }

    /// <summary>The database that ordinary commands work on.</summary>
    public int Database { get; init; }

    /// <summary>TLS, for servers and Sentinels; null: none.</summary>
    public RedisTls? Tls { get; init; }

    /// <summary>Whether a replica is read rather than its primary, where one is fit.</summary>
    public bool PreferReplica { get; init; }

    /// <summary>The same with another user and password.</summary>
    public RedisTarget WithCredential(NetworkCredential? credential) => credential is null
        ? this
        : this with { UserName = credential.UserName.Length == 0 ? null : credential.UserName, Password = credential.Password };

    /// <summary>A server of this target.</summary>
    public RedisNode Node(RedisEndpoint endpoint) => new()
    {
        Endpoint = endpoint,
        UserName = UserName,
        Password = Password,
        Database = Database,
        Tls = Tls,
    };

    // A record prints its members, and two of them are secrets.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.AppendJoin(",", Endpoints);
        if (SentinelMaster is not null)
        {
            builder.Append(" master ").Append(SentinelMaster);
        }

        return true;
    }
}
