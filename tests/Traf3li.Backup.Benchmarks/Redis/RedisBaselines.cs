using System.Diagnostics;
using System.Globalization;
using System.Text;
using Traf3li.Backup.Engine.Redis.Rdb;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Benchmarks.Redis;

/// <summary>What Redis's own tools take for the same work on this machine.</summary>
internal sealed class RedisBaselines(RedisServer server, string folder)
{
    private const int ReplyLine = 1 << 10;

    /// <summary>The RDB that redis-cli wrote.</summary>
    public string RdbPath { get; } = Path.Combine(folder, "redis-cli.rdb");

    private string CommandsPath { get; } = Path.Combine(folder, "restore.commands");

    /// <summary>Reads the server's RDB by replication into a file: neither compressed nor checked.</summary>
    public Task ReadRdbAsync() => RunAsync("redis-cli", input: null, "-p", Port(server), "--rdb", RdbPath);

    /// <summary>Compresses that file.</summary>
    public Task GzipAsync() => RunAsync("gzip", input: null, "-1", "-k", "-f", RdbPath);

    /// <summary>The size of what <see cref="GzipAsync" /> wrote, bytes.</summary>
    public long GzipSize => new FileInfo(RdbPath + ".gz").Length;

    /// <summary>Checks the structure and the checksum of that file.</summary>
    public Task CheckRdbAsync() => RunAsync("redis-check-rdb", input: null, RdbPath);

    /// <summary>Writes RESTORE commands for every key of the RDB, before the clock starts.</summary>
    public async Task PrepareRestoreAsync()
    {
        await using var rdb = File.OpenRead(RdbPath);
        await using var commands = new FileStream(CommandsPath, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        await RdbReader.RunAsync(
            rdb,
            RdbPath,
            reader =>
            {
                while (reader.Read() is var record && record != RdbRecord.End)
                {
                    if (record == RdbRecord.Key)
                    {
                        WriteRestore(commands, reader);
                    }
                }

                return true;
            },
            CancellationToken.None);
    }

    /// <summary>Sends the commands to a server.</summary>
    public async Task PipeAsync(RedisServer target)
    {
        await using var commands = File.OpenRead(CommandsPath);
        var said = await RunAsync("redis-cli", commands, "-p", Port(target), "--pipe");
        if (!said.Contains("errors: 0", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"redis-cli --pipe: {said.Trim()}");
        }
    }

    private static string Port(RedisServer of) => of.Port.ToString(CultureInfo.InvariantCulture);

    private static void WriteRestore(FileStream commands, RdbReader reader)
    {
        var expiry = (reader.ExpiresAt ?? 0).ToString(CultureInfo.InvariantCulture);
        var key = reader.Key.ToArray();
        if (!reader.TryReadRaw(1 << 20, out var raw, out _))
        {
            throw new InvalidOperationException("A value is longer than any that was written.");
        }

        var payload = new byte[raw.PayloadLength];
        raw.WritePayload(payload, reader.Header.Version);
        Span<byte> line = stackalloc byte[ReplyLine];
        commands.Write(line[..Encoding.ASCII.GetBytes($"*6\r\n$7\r\nRESTORE\r\n${key.Length}\r\n", line)]);
        commands.Write(key);
        commands.Write(line[..Encoding.ASCII.GetBytes($"\r\n${expiry.Length}\r\n{expiry}\r\n${payload.Length}\r\n", line)]);
        commands.Write(payload);
        commands.Write("\r\n$7\r\nREPLACE\r\n$6\r\nABSTTL\r\n"u8);
    }

    private static async Task<string> RunAsync(string program, Stream? input, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (input is not null)
        {
            await input.CopyToAsync(process.StandardInput.BaseStream, 1 << 20);
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await errors}{await output}");
    }
}
