using System.Globalization;

namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>Asks Sentinels where the servers are (redis.io/docs/latest/operate/oss_and_stack/management/sentinel).</summary>
internal sealed class SentinelClient(RedisTarget target, RedisConnectionOptions options, IEngineReporter reporter, TimeProvider time)
{
    private readonly string _name = target.SentinelMaster!;

    /// <summary>The master, which says itself that it is one: a Sentinel may not have noticed a failover yet.</summary>
    /// <exception cref="ConfigurationInvalidException">No Sentinel knows the name.</exception>
    /// <exception cref="ServerUnreachableException">No Sentinel can be reached, or what they name is no master.</exception>
    public async Task<RedisNode> FindMasterAsync(CancellationToken cancellationToken)
    {
        var reasons = new List<string>();
        var isUnknown = false;
        foreach (var sentinel in target.Endpoints)
        {
            try
            {
                var reply = await AskAsync(sentinel, "get-master-addr-by-name", cancellationToken).ConfigureAwait(false);
                if (reply.Items is not [var host, var port] || RedisInfo.ParseNumber(port.Text) is not (> 0 and <= 65535 and var number))
                {
                    isUnknown = true;
                    reasons.Add($"the Sentinel {sentinel} knows no master {_name}");
                    continue;
                }

                var node = target.Node(RedisEndpoint.Tcp(host.Text, (int)number));
                var role = await ReadRoleAsync(node, cancellationToken).ConfigureAwait(false);
                if (role == "master")
                {
                    return node;
                }

                reasons.Add($"the Sentinel {sentinel} names {node.Endpoint}, which says that it is a {role}");
            }
            catch (BackupException exception) when (exception is not (AuthenticationFailedException or NotAuthorizedException or ConfigurationInvalidException))
            {
                reasons.Add(exception.Message.TrimEnd('.'));
            }

            reporter.Verbose(reasons[^1] + ".");
        }

        throw isUnknown && reasons.TrueForAll(reason => reason.EndsWith($"knows no master {_name}", StringComparison.Ordinal))
            ? new ConfigurationInvalidException(
                "REDIS_URL", $"no Sentinel of {Endpoints} knows a master {_name}", "Give the name of sentinel monitor (SENTINEL masters lists them).")
            : new ServerUnreachableException(
                Endpoints, string.Join("; ", reasons) + ".", recommendation: "Check the Sentinels of the URL. During a failover, run the command again when it is over.");
    }

    /// <summary>The replicas that a Sentinel takes for reachable and linked.</summary>
    public async Task<IReadOnlyList<RedisEndpoint>> FindReplicasAsync(CancellationToken cancellationToken)
    {
        foreach (var sentinel in target.Endpoints)
        {
            try
            {
                var reply = await AskAsync(sentinel, "replicas", cancellationToken).ConfigureAwait(false);
                return [.. reply.Items.Select(Replica).OfType<RedisEndpoint>()];
            }
            catch (BackupException exception)
            {
                reporter.Verbose(exception.Message);
            }
        }

        return [];
    }

    private string Endpoints => string.Join(", ", target.Endpoints);

    // Each replica is a flat list of names and values.
    private static RedisEndpoint? Replica(RespValue value)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var index = 0; index + 1 < value.Items.Count; index += 2)
        {
            fields[value.Items[index].Text] = value.Items[index + 1].Text;
        }

        var isDown = (fields.GetValueOrDefault("flags") ?? "").Split(',').Any(flag => flag is "s_down" or "o_down" or "disconnected");
        return !isDown
            && fields.GetValueOrDefault("ip") is { Length: > 0 } host
            && int.TryParse(fields.GetValueOrDefault("port"), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535
                ? RedisEndpoint.Tcp(host, port)
                : null;
    }

    private async Task<RespValue> AskAsync(RedisEndpoint sentinel, string question, CancellationToken cancellationToken)
    {
        var node = new RedisNode
        {
            Endpoint = sentinel,
            UserName = target.SentinelPassword is null ? null : target.SentinelUserName,
            Password = target.SentinelPassword,
            Tls = target.Tls,
        };
        var name = "SENTINEL " + question.ToUpperInvariant();
        string[] command = ["SENTINEL", question, _name];
        var connection = await RedisConnection.OpenAsync(node, options, time, cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var reply = await connection.TryCallAsync(name, command, cancellationToken).ConfigureAwait(false);
            var wantsLogin = reply.IsError && RedisErrors.IsLoginRequired(reply.Text) && target.SentinelPassword is null && target.Password is not null;
            if (!wantsLogin)
            {
                // A name that it does not know is an error for one question and nil for the other.
                return reply.IsError && !reply.Text.StartsWith("ERR No such master", StringComparison.OrdinalIgnoreCase)
                    ? throw RedisErrors.Translate(reply.Text, node, name)
                    : reply;
            }
        }

        var again = node with { UserName = target.UserName, Password = target.Password };
        var second = await RedisConnection.OpenAsync(again, options, time, cancellationToken).ConfigureAwait(false);
        await using var ownership = second.ConfigureAwait(false);
        return await second.CallAsync(name, command, cancellationToken).ConfigureAwait(false);
    }

    private async Task<string> ReadRoleAsync(RedisNode node, CancellationToken cancellationToken)
    {
        var connection = await RedisConnection.OpenAsync(node, options, time, cancellationToken).ConfigureAwait(false);
        await using var ownership = connection.ConfigureAwait(false);
        var role = await connection.CallAsync("ROLE", ["ROLE"], cancellationToken).ConfigureAwait(false);
        return role.Items is [var first, ..] ? first.Text : "server of no role";
    }
}
