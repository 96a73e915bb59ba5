using System.Globalization;
using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Rdb;

namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>
/// What a target takes, told by its kind and version alone: which versions of payloads RESTORE takes (RDB_VERSION in rdb.h of each release, and
/// verifyDumpPayload in cluster.c), and which commands there are to rebuild other values with.
/// </summary>
/// <param name="Host">The target in errors.</param>
/// <param name="Kind"><c>redis</c> or <c>valkey</c>.</param>
/// <param name="Version">The least version of its servers.</param>
internal sealed record RestoreAbilities(string Host, string Kind, Version Version)
{
    // Valkey 9 refuses 12 to 79, the numbers that Redis gave to formats of its own (rdb.h, RDB_FOREIGN_VERSION_MIN and MAX).
    private const int NewestShared = 11;

    /// <summary>The least version that is restored into: the first with IDLETIME and FREQ in RESTORE, and with streams.</summary>
    public static Version Least { get; } = new(5, 0);

    /// <summary>The modules that provide types of values, by the type (redis.io/docs/latest/operate/oss_and_stack/stack-with-enterprise, and
    /// the sources of the modules of Redis and Valkey).</summary>
    private static readonly Dictionary<string, string[]> ModulesOfTypes = new(StringComparer.Ordinal)
    {
        ["ReJSON-RL"] = ["ReJSON", "json"],
        ["MBbloom--"] = ["bf"],
        ["MBbloomCF"] = ["bf"],
        ["CMSk-TYPE"] = ["bf"],
        ["TopK-TYPE"] = ["bf"],
        ["TDIS-TYPE"] = ["bf"],
        ["bloomfltr"] = ["bf"],
        ["TSDB-TYPE"] = ["timeseries"],
        ["vectorset"] = ["vectorset"],
    };

    /// <summary>The names of its modules (MODULE LIST); null where this user may not ask.</summary>
    public IReadOnlyCollection<string>? Modules { get; init; }

    /// <summary>Whether a function can be loaded.</summary>
    public bool HasFunctions => Version >= new Version(7, 0);

    /// <summary>Whether fields of hashes can expire.</summary>
    public bool HasFieldExpiry => Kind == "valkey" ? Version >= new Version(9, 0) : Version >= new Version(7, 4);

    /// <summary>Whether streams keep how many entries they had, groups how many they read, and which id was deleted last.</summary>
    public bool HasStreamCounts => Version >= new Version(7, 0);

    /// <summary>Whether a consumer can be created that has no entries.</summary>
    public bool HasConsumerCreation => Version >= new Version(6, 2);

    /// <summary>What the servers of a target take together.</summary>
    /// <exception cref="ServerUnsupportedException">A server is older than <see cref="Least" />, or does not say its version.</exception>
    public static RestoreAbilities Of(IReadOnlyList<RedisServerFacts> servers)
    {
        var oldest = servers.MinBy(facts => Parse(facts.Version) ?? new Version())!;
        var host = oldest.Endpoint.ToString();
        var version = Parse(oldest.Version) ?? throw new ServerUnsupportedException(
            host, "it does not say its version (INFO server, redis_version), so what it can restore is not known.", recommendation: "Give the user the right +info.");
        return version >= Least
            ? new RestoreAbilities(host, oldest.Kind, version)
            : throw new ServerUnsupportedException(host, $"its version is {oldest.Version}, and RESTORE is used as servers from {Least} on have it.", recommendation: "Restore into a newer server.");
    }

    /// <summary>The version for the footer of a payload; null where RESTORE would refuse the value whatever the footer.</summary>
    /// <param name="least">The least version of the value's type: <see cref="RdbReader.LeastVersion" />.</param>
    public int? FooterFor(int least)
    {
        if (least >= RdbHeader.Valkey9)
        {
            return IsValkey9 ? RdbHeader.Valkey9 : null;
        }

        var highest = IsValkey9 ? NewestShared : NewestPayload;
        return least <= highest ? highest : null;
    }

    /// <summary>Whether a module provides a type of values; null where that is not known.</summary>
    /// <param name="type">The nine characters of the type.</param>
    public bool? HasModule(string type) =>
        Modules is null ? null
        : Modules.Count == 0 ? false
        : ModulesOfTypes.TryGetValue(type, out var names) ? names.Any(Modules.Contains)
        : null;

    /// <summary>The same with the modules, which one server is asked for.</summary>
    public async Task<RestoreAbilities> WithModulesAsync(RedisConnection connection, CancellationToken cancellationToken)
    {
        var reply = await connection.TryCallAsync("MODULE LIST", ["MODULE", "LIST"], cancellationToken).ConfigureAwait(false);
        return this with { Modules = reply.Kind == RespKind.Array ? [.. reply.Items.Select(NameOf).OfType<string>()] : null };
    }

    private static string? NameOf(RespValue module)
    {
        for (var index = 0; index + 1 < module.Items.Count; index += 2)
        {
            if (module.Items[index].Text == "name")
            {
                return module.Items[index + 1].Text;
            }
        }

        return null;
    }

    private bool IsValkey9 => Kind == "valkey" && Version.Major >= 9;

    private int NewestPayload => (Kind, Version.Major, Version.Minor) switch
    {
        ("valkey", _, _) => NewestShared,
        (_, > 8, _) or (_, 8, >= 6) => 13,
        (_, 8, _) or (_, 7, >= 4) => 12,
        (_, 7, >= 2) => 11,
        (_, 7, _) => 10,
        _ => 9,
    };

    private static Version? Parse(string text)
    {
        var parts = text.Split('.', '-');
        return parts.Length >= 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var minor)
            ? new Version(major, minor)
            : null;
    }
}
