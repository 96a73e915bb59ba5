using System.IO.Hashing;
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

    /// <summary>The names of the libraries of all servers together.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var shard in target.Topology.Shards)
        {
            var connection = await RedisConnection.OpenAsync(shard.Node, options, time, cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                names.UnionWith(await ListAsync(connection, cancellationToken).ConfigureAwait(false));
            }
        }

        return [.. names];
    }

    /// <summary>Deletes the library that has a function, on every server, and gives its name; null where none has it.</summary>
    public async Task<string?> DeleteOwnerAsync(string function, CancellationToken cancellationToken)
    {
        string? deleted = null;
        foreach (var shard in target.Topology.Shards)
        {
            var connection = await RedisConnection.OpenAsync(shard.Node, options, time, cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                var libraries = await connection.CallAsync("FUNCTION LIST", ["FUNCTION", "LIST"], cancellationToken).ConfigureAwait(false);
                var owner = libraries.Items.FirstOrDefault(library => Find(library, "functions")?.Items.Any(item => Find(item, "name")?.Text == function) == true);
                if (owner is { } library && Find(library, "library_name") is { Text: var name })
                {
                    await connection.CallAsync("FUNCTION DELETE", ["FUNCTION", "DELETE", name], cancellationToken).ConfigureAwait(false);
                    deleted = name;
                }
            }
        }

        return deleted;
    }

    /// <summary>The function that a server named when it refused a library because another one has it (functions.c, libraryJoin); null for other errors.</summary>
    public static string? FunctionInTheWay(string error) =>
        error.Split(' ') is ["ERR", "Function", var name, "already", "exists"] ? name : null;

    /// <summary>Compares the code of libraries on every server.</summary>
    /// <param name="expected">The hash of each library's code, by its name: <see cref="HashOf" />.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="VerificationFailedException">A server lacks a library, or has other code under its name.</exception>
    public async Task RequireEqualAsync(IReadOnlyDictionary<string, UInt128> expected, CancellationToken cancellationToken)
    {
        foreach (var shard in expected.Count == 0 ? [] : target.Topology.Shards)
        {
            var connection = await RedisConnection.OpenAsync(shard.Node, options, time, cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                foreach (var (name, hash) in expected)
                {
                    var reply = await connection.CallAsync("FUNCTION LIST", ["FUNCTION", "LIST", "LIBRARYNAME", name, "WITHCODE"], cancellationToken).ConfigureAwait(false);
                    if (reply.Items is not [var library] || Find(library, "library_code") is not { } code || HashOf(code.Bytes) != hash)
                    {
                        throw new VerificationFailedException(
                            shard.Node.Endpoint.ToString(), $"it {(reply.Items.Count == 0 ? "lacks the library of functions" : "has other code in the library of functions")} {name}.");
                    }
                }
            }
        }
    }

    /// <summary>The hash of a library's code.</summary>
    public static UInt128 HashOf(ReadOnlySpan<byte> code) => XxHash128.HashToUInt128(code);

    /// <summary>The names of a server's libraries; none where it knows no functions (before 7.0).</summary>
    public static async Task<IReadOnlyList<string>> ListAsync(RedisConnection connection, CancellationToken cancellationToken)
    {
        var reply = await connection.TryCallAsync("FUNCTION LIST", ["FUNCTION", "LIST"], cancellationToken).ConfigureAwait(false);
        if (reply.IsError)
        {
            return RedisErrors.IsUnknownCommand(reply.Text) ? [] : throw RedisErrors.Translate(reply.Text, connection.Node, "FUNCTION LIST");
        }

        // [library_name, name, engine, LUA, functions, […]] for each.
        return [.. reply.Items.Select(library => Find(library, "library_name")?.Text).OfType<string>()];
    }

    /// <summary>The name in a library's first line, <c>#!lua name=mylib</c>; null when there is none.</summary>
    public static string? NameOf(ReadOnlySpan<byte> code)
    {
        var end = code.IndexOfAny((byte)'\n', (byte)'\r');
        var words = System.Text.Encoding.UTF8.GetString(end < 0 ? code : code[..end]).Split(' ', '\t');
        return Array.Find(words, word => word.StartsWith("name=", StringComparison.OrdinalIgnoreCase))?[5..].Trim('"', '\'');
    }

    private static RespValue? Find(RespValue map, string name)
    {
        for (var index = 0; index + 1 < map.Items.Count; index += 2)
        {
            if (map.Items[index].Text == name)
            {
                return map.Items[index + 1];
            }
        }

        return null;
    }
}
