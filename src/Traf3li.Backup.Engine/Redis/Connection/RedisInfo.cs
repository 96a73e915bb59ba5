using System.Globalization;

namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>The fields of INFO: lines <c>name:value</c> below headings that begin with <c>#</c> (redis.io/docs/latest/commands/info).</summary>
internal sealed class RedisInfo
{
    private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);

    private RedisInfo()
    {
    }

    /// <summary>Whether the server answers no INFO, so that almost nothing is known.</summary>
    public bool IsRefused { get; private init; }

    /// <summary>All fields.</summary>
    public IReadOnlyDictionary<string, string> Fields => _fields;

    /// <summary>Reads the text of a reply. Lines that are no fields are passed over; of a field given twice the last wins.</summary>
    public static RedisInfo Parse(string text)
    {
        var info = new RedisInfo();
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var colon = line.IndexOf(':');
            if (colon > 0 && line[0] != '#')
            {
                info._fields[line[..colon].ToString()] = line[(colon + 1)..].ToString();
            }
        }

        return info;
    }

    /// <summary>The few fields that HELLO knows too: names and values in turn (redis.io/docs/latest/commands/hello).</summary>
    public static RedisInfo OfHello(RespValue hello)
    {
        var said = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var index = 0; index + 1 < hello.Items.Count; index += 2)
        {
            said[hello.Items[index].Text] = hello.Items[index + 1].Text;
        }

        var server = said.GetValueOrDefault("server", "redis");
        var info = new RedisInfo { IsRefused = true };
        info._fields["server_name"] = server;
        info._fields[server == "valkey" ? "valkey_version" : "redis_version"] = said.GetValueOrDefault("version", "");
        info._fields["redis_mode"] = said.GetValueOrDefault("mode", "");
        info._fields["cluster_enabled"] = said.GetValueOrDefault("mode") == "cluster" ? "1" : "0";
        info._fields["role"] = said.GetValueOrDefault("role") is "replica" or "slave" ? "slave" : "master";
        return info;
    }

    /// <summary>A field; null when it is not there or empty.</summary>
    public string? Text(string name) => _fields.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    /// <summary>A whole number; null when it is not there or none.</summary>
    public long? Number(string name) => ParseNumber(_fields.GetValueOrDefault(name));

    /// <summary>Whether a field is 1.</summary>
    public bool Flag(string name) => _fields.GetValueOrDefault(name) == "1";

    /// <summary>A field that is itself a list of <c>name=value</c>, such as <c>db0:keys=1,expires=0</c>; empty when it is not there.</summary>
    public IReadOnlyDictionary<string, string> List(string name)
    {
        var list = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in (_fields.GetValueOrDefault(name) ?? "").Split(','))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                list[part[..equals]] = part[(equals + 1)..];
            }
        }

        return list;
    }

    /// <summary>A whole number; null when it is none.</summary>
    public static long? ParseNumber(string? text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
