using System.Text;

namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>One server and how one logs in to it.</summary>
internal sealed record RedisNode
{
    /// <summary>Where it listens.</summary>
    public required RedisEndpoint Endpoint { get; init; }

    /// <summary>The ACL user; null: the default user.</summary>
    public string? UserName { get; init; }

    /// <summary>The password; null: no login.</summary>
    public string? Password { get; init; }

    /// <summary>The database that ordinary commands work on.</summary>
    public int Database { get; init; }

    /// <summary>TLS; null: none.</summary>
    public RedisTls? Tls { get; init; }

    // A record prints its members, and one of them is a secret.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(Endpoint);
        return true;
    }
}
