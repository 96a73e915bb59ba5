using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Traf3li.Backup.Engine.Redis.Connection;

namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>
/// A redis-server or valkey-server of this machine, for one test: on a unix socket in a private folder, with a random password, no files but these
/// and no connection to the network. It ends with this object, and also when this process ends in any other way.
/// </summary>
internal sealed class ScratchRedisServer : IAsyncDisposable
{
    // Where there is only a socket, it begins in lower case.
    private const string ReadyMessage = "ready to accept connections";
    private const int LinesKept = 20;

    // The shell waits for the end of its input, which comes when this process closes it or is gone. Its own output is closed, so that the end of
    // the output is the server's end.
    private const string Script =
        """trap '' INT HUP; "$@" </dev/null & server=$!; exec >/dev/null 2>&1; read -r _; kill -KILL $server; rm -rf "$0" """;

    private static readonly string[] Programs = ["redis-server", "valkey-server"];
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(10);

    private readonly Process _process;

    private ScratchRedisServer(Process process, RedisTarget target)
    {
        _process = process;
        Target = target;
    }

    /// <summary>How it is reached.</summary>
    public RedisTarget Target { get; }

    /// <summary>The program on PATH that would be started; null when there is none, or none could be ended surely.</summary>
    public static string? FindProgram() => OperatingSystem.IsWindows()
        ? null
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => Programs.Select(program => Path.Join(folder, program)))
            .FirstOrDefault(File.Exists);

    /// <summary>Starts it and waits until it takes commands.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="databases">How many databases it has to have.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops waiting, and ends it.</param>
    public static async Task<ScratchRedisServer> StartAsync(string program, int databases, TimeProvider time, CancellationToken cancellationToken)
    {
        // Nobody else may look into a folder that is made so.
        var folder = Directory.CreateTempSubdirectory("traf3li-scratch-").FullName;
        var socket = Path.Join(folder, "redis.sock");
        var password = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        var configuration = Path.Join(folder, "redis.conf");
        string[] lines =
        [
            "port 0", $"unixsocket {socket}", "unixsocketperm 700", $"dir {folder}", "save \"\"", "appendonly no", "daemonize no", "logfile \"\"",
            string.Create(CultureInfo.InvariantCulture, $"databases {databases}"), $"requirepass {password}",
        ];
        await File.WriteAllLinesAsync(configuration, lines, cancellationToken).ConfigureAwait(false);
        var start = new ProcessStartInfo("/bin/sh", ["-c", Script, folder, program, configuration])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        var process = Process.Start(start) ?? throw new ServerUnreachableException(program, "it could not be started.");
        var server = new ScratchRedisServer(process, new RedisTarget { Endpoints = [RedisEndpoint.Unix(socket)], Password = password });
        try
        {
            await server.WaitAsync(program, time, cancellationToken).ConfigureAwait(false);
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(EndTimeout);
        try
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private async Task WaitAsync(string program, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(StartTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var lines = new Queue<string>();
        try
        {
            while (await _process.StandardOutput.ReadLineAsync(either.Token).ConfigureAwait(false) is { } line)
            {
                if (line.Contains(ReadyMessage, StringComparison.OrdinalIgnoreCase))
                {
                    // A pipe that nobody reads would stop the server in time.
                    _ = _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                    return;
                }

                lines.Enqueue(line);
                if (lines.Count > LinesKept)
                {
                    lines.Dequeue();
                }
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // It is told below like a server that has ended.
        }

        throw new ServerUnreachableException(
            program, $"it was started for the test and did not get ready: {string.Join(" ", lines.Select(line => line.Trim()))}", recommendation: "Name a server with -ScratchUri.");
    }
}
