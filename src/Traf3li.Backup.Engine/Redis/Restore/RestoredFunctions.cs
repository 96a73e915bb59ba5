using Traf3li.Backup.Engine.Redis.Connection;

namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>The libraries of functions of a target.</summary>
internal sealed class RestoredFunctions(RedisRestoreTarget target, RedisConnectionOptions options, TimeProvider time)
{
    /// <summary>Deletes the libraries that a backup lacks, on every server, and gives their names.</summary>
    public async Task<IReadOnlyList<string>> DeleteExtraAsync(IReadOnlySet<string> kept, CancellationToken cancellationToken)
    {
        var deleted = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var shard in target.Topology.Shards)
        {
            var connection = await RedisConnection.OpenAsync(shard.Node, options, time, cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                foreach (var name in await ListAsync(connection, cancellationToken).ConfigureAwait(false))
                {
                    if (!kept.Contains(name))
                    {
                        await connection.CallAsync("FUNCTION DELETE", ["FUNCTION", "DELETE", name], cancellationToken).ConfigureAwait(false);
                        deleted.Add(name);
                    }
                }
            }
        }

        return [.. deleted];
    }

    /// <summary>The names of a server's libraries; none where it knows no functions (before 7.0).</summary>
    public static async Task<IReadOnlyList<string>> ListAsync(RedisConnection connection, CancellationToken cancellationToken)
    {
        var reply = await connection.TryCallAsync("FUNCTION LIST", ["FUNCTION", "LIST"], cancellationToken).ConfigureAwait(false);
        if (reply.IsError)
        {
            return RedisErrors.IsUnknownCommand(reply.Text) ? [] : throw RedisErrors.Translate(reply.Text, connection.Node, "FUNCTION LIST");
        }

        // [library_name, name, engine, LUA, functions, […]] for each.
        return [.. reply.Items.Select(library => Field(library, "library_name")).Where(name => name.Length > 0)];
    }

    /// <summary>The name in a library's first line, <c>#!lua name=mylib</c>; null when there is none.</summary>
    public static string? NameOf(ReadOnlySpan<byte> code)
    {
        var end = code.IndexOfAny((byte)'\n', (byte)'\r');
        var words = System.Text.Encoding.UTF8.GetString(end < 0 ? code : code[..end]).Split(' ', '\t');
        return Array.Find(words, word => word.StartsWith("name=", StringComparison.OrdinalIgnoreCase))?[5..].Trim('"', '\'');
    }

    private static string Field(RespValue map, string name)
    {
        for (var index = 0; index + 1 < map.Items.Count; index += 2)
        {
            if (map.Items[index].Text == name)
            {
                return map.Items[index + 1].Text;
            }
        }

        return "";
    }
}
