using System.Text;
using Traf3li.Backup.Engine.Redis.Rdb;
using Traf3li.Backup.Engine.Redis.Replication;
using Traf3li.Backup.Engine.Redis.Scan;

namespace Traf3li.Backup.Engine.Tests.Redis.Scan;

/// <summary>What real servers seldom do, and what hostile ones may.</summary>
public sealed class ScanSnapshotTests : IAsyncDisposable
{
    private static readonly byte[] Payload = CreatePayload();

    private readonly FakeRedis _server = new();
    private string _exec = "*0\r\n";

    public ScanSnapshotTests()
    {
        _server.AnswerInfo("redis_version:7.0.15\r\nredis_mode:standalone\r\nrole:master\r\ndb0:keys=2,expires=0\r\n");
        _server.Answer("FUNCTION LIST", "*0\r\n");
        _server.Answer("PEXPIRETIME", ":-2\r\n");
        _server.Answer("DUMP", "$-1\r\n");
        _server.Answer("SCAN", "*2\r\n$1\r\n0\r\n*0\r\n");
        _server.Answer("MULTI", "+OK\r\n");
        _server.Answer("EXEC", (stream, token) => stream.WriteAsync(Encoding.Latin1.GetBytes(IsScanning ? _exec : "*0\r\n"), token).AsTask());
        foreach (var key in new[] { "a", "b" })
        {
            _server.Answer("PEXPIRETIME " + key, "+QUEUED\r\n");
            _server.Answer("DUMP " + key, (stream, token) => stream.WriteAsync(
                IsScanning ? "+QUEUED\r\n"u8.ToArray() : [.. Encoding.ASCII.GetBytes($"${Payload.Length}\r\n"), .. Payload, 13, 10], token).AsTask());
        }
    }

    // The first transaction only finds out whether there may be one.
    private bool IsScanning => _server.Commands.Count(command => command == "MULTI") > 1;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_key_that_comes_again_is_written_once()
    {
        AnswerScan("5", "a", "b", "a");
        _server.Answer("SCAN 5", Scan("0", "b", "a"));
        _exec = Exec(":-1\r\n" + Bulk(Payload), ":1700000000000\r\n" + Bulk(Payload));
        await using var snapshot = await OpenAsync();

        var summary = Read(await ReadAsync(snapshot));

        Assert.Equal((2, 3, 0), (snapshot.Counts.Written, snapshot.Counts.Repeated, snapshot.Counts.Vanished));
        Assert.Equal((2, 1), (summary.Databases[0].Keys, summary.Databases[0].Expiring));
    }

    [Fact]
    public async Task A_key_that_is_gone_is_left_out_and_counted()
    {
        AnswerScan("0", "a", "b");
        _exec = Exec(":-2\r\n$-1\r\n", ":-1\r\n" + Bulk(Payload));
        await using var snapshot = await OpenAsync();

        Assert.Equal(1, Read(await ReadAsync(snapshot)).Keys);
        Assert.Equal((1, 1), (snapshot.Counts.Written, snapshot.Counts.Vanished));
        Assert.Contains(snapshot.Notes, note => note.StartsWith("1 keys of", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(70_000)]
    public async Task A_value_that_changed_on_its_way_is_noticed(int length)
    {
        AnswerScan("0", "a", "b");
        var changed = CreatePayload(length);
        changed[^12] ^= 1;
        _exec = Exec(":-1\r\n" + Bulk(changed), ":-1\r\n" + Bulk(Payload));
        await using var snapshot = await OpenAsync();
        Assert.Equal("a", (await Assert.ThrowsAsync<RdbCorruptException>(() => ReadAsync(snapshot))).RdbKey);
    }

    [Theory]
    [InlineData("*1\r\n:1\r\n")]
    [InlineData("*4\r\n+OK\r\n")]
    [InlineData("*4\r\n:-1\r\n$5\r\nabcde\r\n")]
    [InlineData("*4\r\n:-1\r\n$99999999999999999999\r\n")]
    [InlineData("\r\n")]
    public async Task An_answer_that_is_none_ends_it(string exec)
    {
        AnswerScan("0", "a", "b");
        _exec = exec;
        await using var snapshot = await OpenAsync();
        await Assert.ThrowsAnyAsync<BackupException>(() => ReadAsync(snapshot));
    }

    [Theory]
    [InlineData("*2\r\n$1\r\nx\r\n*0\r\n")]
    [InlineData("*1\r\n$1\r\n0\r\n")]
    [InlineData("*2\r\n$1\r\n0\r\n*1\r\n:5\r\n")]
    [InlineData(":1\r\n")]
    [InlineData("*2\r\n$1\r\n0\r\n*1\r\n$999999999\r\n")]
    [InlineData("-ERR no\r\n")]
    public async Task A_scan_that_is_none_ends_it(string answer)
    {
        await using var snapshot = await OpenAfterAsync(answer);
        await Assert.ThrowsAnyAsync<BackupException>(() => ReadAsync(snapshot));
    }

    [Fact]
    public async Task A_scan_without_an_end_runs_into_the_limit()
    {
        await using var snapshot = await OpenAfterAsync("*2\r\n$1\r\n7\r\n*0\r\n", new ReplicationOptions { OverallTimeout = TimeSpan.FromSeconds(0.5) });
        var error = await Assert.ThrowsAsync<OperationTimedOutException>(() => ReadAsync(snapshot));
        Assert.Equal("0.5 s (REDIS_BACKUP_TIMEOUT)", error.Limit);
    }

    [Fact]
    public async Task Disposed_in_the_middle_it_ends()
    {
        var snapshot = await OpenAfterAsync("*2\r\n$1\r\n7\r\n*0\r\n");
        await snapshot.DisposeAsync();
    }

    [Fact]
    public async Task Slots_on_the_move_end_it()
    {
        AnswerScan("0", "a", "b");
        _exec = "-EXECABORT Transaction discarded because of previous errors.\r\n";
        _server.Answer("PEXPIRETIME b", "-MOVED 3300 127.0.0.1:7001\r\n");
        await using var snapshot = await OpenAsync();
        var error = await Assert.ThrowsAsync<ServerFailedException>(() => ReadAsync(snapshot));
        Assert.Contains("slots of the cluster are moving", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_missing_rights_are_named_at_once()
    {
        _server.Answer("SCAN", "-NOPERM this user has no permissions to run the 'scan' command\r\n");
        _server.Answer("DUMP", "-NOPERM this user has no permissions to access one of the keys used as arguments\r\n");
        _server.Answer("MULTI", "-NOPERM this user has no permissions to run the 'multi' command\r\n");
        _server.Answer("EXEC", "-ERR EXEC without MULTI\r\n");
        var error = await Assert.ThrowsAsync<NotAuthorizedException>(OpenAsync);
        Assert.Contains("+scan ~* +multi", error.Recommendation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Before_7_0_the_expiry_is_told_by_PTTL_and_TIME()
    {
        _server.AnswerInfo("redis_version:6.2.0\r\nredis_mode:standalone\r\nrole:master\r\ndb0:keys=1,expires=1\r\n");
        _server.Answer("PEXPIRETIME", "-ERR unknown command `PEXPIRETIME`\r\n");
        _server.Answer("PTTL", ":-2\r\n");
        _server.Answer("PTTL a", "+QUEUED\r\n");
        _server.Answer("TIME", (stream, token) => stream.WriteAsync(Encoding.ASCII.GetBytes(
            IsScanning ? "+QUEUED\r\n" : "*2\r\n$1\r\n1\r\n$1\r\n1\r\n"), token).AsTask());
        AnswerScan("0", "a");
        _exec = "*3\r\n*2\r\n$10\r\n1700000000\r\n$6\r\n123456\r\n:5000\r\n" + Bulk(CreatePayload(version: 9));
        await using var snapshot = await OpenAsync();
        var reader = new RdbReader(new MemoryStream(await ReadAsync(snapshot)), "test.rdb");
        while (reader.Read() != RdbRecord.Key)
        {
        }

        Assert.Equal(1_700_000_005_123, reader.ExpiresAt);
    }

    private static byte[] CreatePayload(int length = 20, int version = 10)
    {
        byte[] value = length < 64
            ? [0, (byte)length, .. new byte[length]]
            : [0, 0x80, .. BitConverter.GetBytes(System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(length)), .. new byte[length]];
        var payload = new byte[value.Length + RdbPayload.FooterLength];
        value.CopyTo(payload, 0);
        RdbPayload.WriteFooter(payload.AsSpan(value.Length), version, Crc64Jones.Append(0, value));
        return payload;
    }

    private static string Bulk(byte[] bytes) => $"${bytes.Length}\r\n{Encoding.Latin1.GetString(bytes)}\r\n";

    private static string Exec(params string[] keys) => $"*{2 * keys.Length}\r\n{string.Concat(keys)}";

    private static string Scan(string cursor, params string[] keys) =>
        $"*2\r\n{Bulk(Encoding.ASCII.GetBytes(cursor))}*{keys.Length}\r\n{string.Concat(keys.Select(key => Bulk(Encoding.ASCII.GetBytes(key))))}";

    private static RdbSummary Read(byte[] rdb) => RdbSummary.Read(new RdbReader(new MemoryStream(rdb), "test.rdb"), withDigest: true, CancellationToken.None);

    private static async Task<byte[]> ReadAsync(ScanSnapshot snapshot)
    {
        using var rdb = new MemoryStream();
        await snapshot.Rdb.CopyToAsync(rdb);
        return rdb.ToArray();
    }

    private void AnswerScan(string cursor, params string[] keys) => _server.Answer("SCAN 0", Scan(cursor, keys));

    private async Task<ScanSnapshot> OpenAfterAsync(string scan, ReplicationOptions? options = null)
    {
        var isFirst = true;
        _server.Answer("SCAN", (stream, token) =>
        {
            var answer = isFirst ? Scan("0") : scan;
            isFirst = false;
            return stream.WriteAsync(Encoding.Latin1.GetBytes(answer), token).AsTask();
        });
        return await OpenAsync(options);
    }

    private Task<ScanSnapshot> OpenAsync() => OpenAsync(null);

    private Task<ScanSnapshot> OpenAsync(ReplicationOptions? options) =>
        ScanSnapshot.OpenAsync(_server.Node, options ?? new ReplicationOptions(), TimeProvider.System, CancellationToken.None);
}
