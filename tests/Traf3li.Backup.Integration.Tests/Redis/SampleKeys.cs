using System.Globalization;
using System.Text;
using Traf3li.Backup.Testing.Redis;

namespace Traf3li.Backup.Integration.Tests.Redis;

/// <summary>Fills a server with every type in its small and its large form, and with what is odd.</summary>
internal static class SampleKeys
{
    /// <summary>When its expiring keys expire, milliseconds since 1970.</summary>
    public const long ExpiresAt = 4_000_000_000_123;

    private static readonly string Binary = Encoding.Latin1.GetString([.. Enumerable.Range(0, 256).Select(value => (byte)value)]);
    private static readonly string[] Numbers = ["0", "12", "13", "-1", "127", "128", "-128", "4095", "-4096", "16380", "32767", "-32768", "8388607", "-8388608", "1048576", "2147483647", "-2147483648", "9223372036854775807", "-9223372036854775808"];

    /// <summary>Makes the keys in the databases 0 and 5.</summary>
    /// <param name="client">A connection to an empty server.</param>
    /// <param name="small">Whether collections stay in their packed forms, as far as the server makes such.</param>
    public static void Fill(RespTestClient client, bool small)
    {
        foreach (var setting in new[] { "hash-max-listpack-entries", "set-max-intset-entries", "zset-max-listpack-entries" })
        {
            client.Run("CONFIG", "SET", setting, small ? 10_000 : 0);
        }

        if (client.RunList("CONFIG", "GET", "set-max-listpack-entries").Count > 0)
        {
            client.Run("CONFIG", "SET", "set-max-listpack-entries", small ? 10_000 : 0);
        }

        client.Run("CONFIG", "SET", "list-max-listpack-size", small ? -1 : 3);
        client.Run("FLUSHALL");
        foreach (var database in new[] { 0, 5 })
        {
            client.Run("SELECT", database);
            Strings(client);
            Collections(client);
            Streams(client);
            if (((object?[])client.Run("COMMAND", "INFO", "HPEXPIREAT")!)[0] is not null)
            {
                ExpiringFields(client);
            }

            client.Run("PEXPIREAT", "list:numbers", ExpiresAt);
            client.Run("PEXPIREAT", "string:plain", ExpiresAt + database);
        }

        client.Run("SELECT", 0);
        client.Run("FUNCTION", "LOAD", "REPLACE", "#!lua name=lib\nredis.register_function('answer', function() return 42 end)");
    }

    private static void Strings(RespTestClient client)
    {
        client.Run("SET", "string:plain", "value");
        client.Run("SET", "string:empty", "");
        client.Run("SET", "", "the empty key");
        client.Run("SET", Binary, Binary);
        client.Run("SET", "string:compressible", new string('x', 100_000));
        client.Run("SET", "string:text", string.Concat(Enumerable.Range(0, 20_000).Select(index => $"word {index} ")));
        client.Run("SET", "12345", "the key that is a number");
        foreach (var number in Numbers)
        {
            client.Run("SET", $"string:{number}", number);
        }
    }

    private static void Collections(RespTestClient client)
    {
        var words = Enumerable.Range(0, 500).Select(index => $"item {index} {new string('y', index % 80)}").ToArray();
        string[] values = [.. Numbers, "", Binary, new string('z', 5000), new string('z', 70_000), .. words];
        client.Run(["RPUSH", "list:values", .. values, .. values]);
        client.Run(["RPUSH", "list:numbers", .. Numbers]);
        client.Run(["RPUSH", "list:long", "before", new string('l', 20_000), Random(30_000), "behind"]);
        client.Run(["SADD", "set:numbers", .. Numbers]);
        client.Run(["SADD", "set:16", "1", "-2", "300"]);
        client.Run(["SADD", "set:32", "1", "-2", "70000"]);
        client.Run(["SADD", "set:values", .. values]);
        client.Run(["HSET", "hash:values", .. values.SelectMany(value => new[] { value, "value of " + value })]);
        client.Run(["HSET", "hash:short", .. Numbers.SelectMany(value => new[] { value, value })]);
        client.Run(["ZADD", "zset:values", .. values.SelectMany((value, index) => new[] { (index * 1.1).ToString("r", CultureInfo.InvariantCulture), value })]);
        client.Run(["ZADD", "zset:scores", "-inf", "a", "inf", "b", "0", "c", "-0.5", "d", "1e300", "e", "3", "f", "-1e-300", "g", "0.1", "h"]);
    }

    /// <summary>Redis 7.4 and Valkey 9 can let fields expire.</summary>
    private static void ExpiringFields(RespTestClient client)
    {
        client.Run(["HSET", "hash:expiring", .. Numbers.SelectMany(value => new[] { value, value })]);
        client.Run("HPEXPIREAT", "hash:expiring", ExpiresAt, "FIELDS", 2, "12", "-1");
        client.Run("HPEXPIREAT", "hash:expiring", ExpiresAt + 7777, "FIELDS", 1, "0");
    }

    private static void Streams(RespTestClient client)
    {
        for (var index = 1; index <= 300; index++)
        {
            client.Run("XADD", "stream", $"{1000 + (index / 3)}-{index}", "field", $"value {index}", "number", index);
        }

        client.Run("XADD", "stream", "5000-1", "other", Binary, "", "", "third", new string('s', 20_000));
        client.Run("XDEL", "stream", "1000-1", "1033-100", "1050-150");
        client.Run("XGROUP", "CREATE", "stream", "group", "0");
        client.Run("XGROUP", "CREATE", "stream", "idle group", "1033-99");
        client.Run("XREADGROUP", "GROUP", "group", "first", "COUNT", "10", "STREAMS", "stream", ">");
        client.Run("XREADGROUP", "GROUP", "group", "second", "COUNT", "70", "STREAMS", "stream", ">");
        client.Run("XACK", "stream", "group", "1001-3", "1001-4");
        client.Run("XGROUP", "CREATECONSUMER", "stream", "group", "third");
        client.Run("XADD", "stream:empty", "7-7", "a", "b");
        client.Run("XDEL", "stream:empty", "7-7");
    }

    private static string Random(int length)
    {
        var bytes = new byte[length];
        new Random(5).NextBytes(bytes);
        return Encoding.Latin1.GetString(bytes);
    }
}
