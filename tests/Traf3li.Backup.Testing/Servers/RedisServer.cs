using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Traf3li.Backup.Testing.Servers;

/// <summary>A real redis-server on a free port of 127.0.0.1 (and on a unix socket) with a data folder of its own, ended by its own pid.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private const string ReadyMessage = "Ready to accept connections";
    private const string SentinelReadyMessage = "Sentinel ID is";

    // The shell becomes redis-server. What it leaves behind waits for the end of input, which comes when this process is gone, however it
    // ended: then the server and its data go too.
    private const string GoneWithParent =
        """exec 3<&0 </dev/null; { read -r _ <&3; kill -KILL $$; rm -rf "$0"; } >/dev/null 2>&1 & exec 3<&-; exec "$@" """;

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private RedisServer(Process process, string folder, int port, int clusterPort, RedisServerOptions options)
    {
        _process = process;
        Folder = folder;
        Port = port;
        ClusterPort = clusterPort;
        Options = options;
    }

    /// <summary>How it was started.</summary>
    public RedisServerOptions Options { get; }

    /// <summary>Its port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>The port that the other nodes of a cluster talk to.</summary>
    public int ClusterPort { get; }

    /// <summary>Its process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Its folder: the configuration, the log, and below <c>data</c> its dump.rdb.</summary>
    public string Folder { get; }

    /// <summary>The path of its unix socket.</summary>
    public string SocketPath => Path.Combine(Folder, "redis.sock");

    /// <summary>Its log so far.</summary>
    public string Log
    {
        get
        {
            var path = Path.Combine(Folder, "redis.log");
            if (!File.Exists(path))
            {
                return "";
            }

            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(file);
            return reader.ReadToEnd();
        }
    }

    /// <summary>Its URL, with the password of the default user and TLS where there are such.</summary>
    public string Uri
    {
        get
        {
            var user = Options.Password is null ? "" : $":{System.Uri.EscapeDataString(Options.Password)}@";
            return Options.Tls is { } tls
                ? $"rediss://{user}127.0.0.1:{Port}?ca={Escape(tls.CaFile)}&cert={Escape(tls.ClientCertificateFile)}&key={Escape(tls.ClientKeyFile)}"
                : $"redis://{user}127.0.0.1:{Port}";
        }
    }

    /// <summary>Starts a server and waits until it takes commands; skips the test where there is no redis-server.</summary>
    public static Task<RedisServer> StartOrSkipAsync(RedisServerOptions? options = null)
    {
        options ??= new RedisServerOptions();
        Assert.SkipWhen((options.Program ?? RedisLocator.Find()) is null || OperatingSystem.IsWindows(), RedisLocator.MissingReason);
        return StartAsync(options);
    }

    /// <summary>Starts a server and waits until it takes commands.</summary>
    public static async Task<RedisServer> StartAsync(RedisServerOptions options, CancellationToken cancellationToken = default)
    {
        var program = options.Program ?? RedisLocator.Find() ?? throw new InvalidOperationException(RedisLocator.MissingReason);
        var folder = Directory.CreateTempSubdirectory("traf3li-redis-").FullName;
        var port = FreePort.Next();
        var clusterPort = FreePort.Next();
        var configuration = Path.Combine(folder, "redis.conf");
        await File.WriteAllLinesAsync(configuration, Configuration(folder, port, clusterPort, options), cancellationToken).ConfigureAwait(false);
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        string[] user = options.UserId is { } id ? ["setpriv", $"--reuid={id}", "--clear-groups"] : [];
        string[] command = ["-c", GoneWithParent, folder, .. user, program, configuration];
        if (options.UserId is { } owner)
        {
            await ExecuteAsync("chown", "-R", owner.ToString(CultureInfo.InvariantCulture), folder).ConfigureAwait(false);
        }

        foreach (var argument in options.Sentinel ? [.. command, "--sentinel"] : command)
        {
            start.ArgumentList.Add(argument);
        }

        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.Exited += (_, _) => ended.TrySetResult();
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var server = new RedisServer(process, folder, port, clusterPort, options);
        try
        {
            await server.WaitForLogAsync(options.Sentinel ? SentinelReadyMessage : ReadyMessage, ended.Task, cancellationToken).ConfigureAwait(false);
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Waits until its log holds a text.</summary>
    public Task WaitForLogAsync(string text, CancellationToken cancellationToken = default) => WaitForLogAsync(text, new TaskCompletionSource().Task, cancellationToken);

    /// <summary>Opens a plain connection to it.</summary>
    public async Task<NetworkStream> ConnectAsync(CancellationToken cancellationToken = default)
    {
        // The unix socket has neither TLS nor a protected mode.
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancellationToken).ConfigureAwait(false);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Runs commands over one connection, after logging in, and gives the raw replies, status and error signs included.</summary>
    /// <param name="commands">Inline commands: words separated by spaces, quoted where they hold such.</param>
    public async Task<IReadOnlyList<string>> RunAsync(params string[] commands)
    {
        await using var stream = await ConnectAsync().ConfigureAwait(false);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        string[] login = Options.Password is null ? [] : [$"AUTH \"{Options.Password}\""];
        var replies = new List<string>();
        foreach (var command in login.Concat(commands))
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(command + "\r\n")).ConfigureAwait(false);
            replies.Add(await ReadReplyAsync(reader).ConfigureAwait(false));
        }

        return replies[login.Length..];
    }

    /// <summary>Runs one command; an error reply is thrown.</summary>
    public async Task<string> RunAsync(string command)
    {
        var reply = (await RunAsync([command]).ConfigureAwait(false))[0];
        return reply.StartsWith('-') ? throw new InvalidOperationException($"{command}: {reply}") : reply;
    }

    /// <summary>Waits until a command's reply holds a text: for states of which a server tells nobody by itself.</summary>
    public async Task UntilAsync(string command, string text)
    {
        using var limit = new CancellationTokenSource(StartTimeout);
        while (!(await RunAsync(command).ConfigureAwait(false)).Contains(text, StringComparison.Ordinal))
        {
            await Task.Delay(20, limit.Token).ConfigureAwait(false);
        }
    }

    /// <summary>Fills it with keys of random, incompressible text: <c>key:0</c> and so on.</summary>
    public Task FillAsync(int count, int size) =>
        RunAsync($"EVAL \"math.randomseed(7) local t = {{}} for i = 1, ARGV[2] / 8 do t[i] = string.format('%08x', math.random(0, 2147483647)) end local s = table.concat(t) for i = 0, ARGV[1] - 1 do redis.call('SET', 'key:' .. i, i .. s) end return 'OK'\" 0 {count} {size}");

    /// <summary>Kills it, as a crash does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().ConfigureAwait(false);
    }

    /// <summary>Lets it start no further process, which takes a <see cref="RedisServerOptions.UserId" />, since root may always.</summary>
    public Task AllowNoProcessesAsync() =>
        ExecuteAsync("setpriv", $"--reuid={Options.UserId}", "--clear-groups", "prlimit", $"--pid={ProcessId}", "--nproc=1:1");

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // With the fork of a save, where one runs.
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync().ConfigureAwait(false);
        _process.Dispose();
        try
        {
            Directory.Delete(Folder, recursive: true);
        }
        catch (IOException)
        {
            // What waits for the end of this server's input was quicker.
        }
    }

    private static List<string> Configuration(string folder, int port, int clusterPort, RedisServerOptions options)
    {
        var data = Directory.CreateDirectory(Path.Combine(folder, "data")).FullName;
        List<string> lines =
        [
            "bind 127.0.0.1", $"dir {data}", $"logfile {Path.Combine(folder, "redis.log")}", "daemonize no",
            $"unixsocket {Path.Combine(folder, "redis.sock")}",
        ];
        lines.Add(options.Tls is null ? $"port {port}" : "port 0");
        if (options.Tls is { } tls)
        {
            lines.AddRange([$"tls-port {port}", $"tls-ca-cert-file {tls.CaFile}", $"tls-cert-file {tls.ServerCertificateFile}", $"tls-key-file {tls.ServerKeyFile}"]);
        }

        if (!options.Sentinel)
        {
            lines.AddRange(["save \"\"", "repl-diskless-sync-delay 0"]);
        }

        if (options.Password is not null)
        {
            lines.Add($"requirepass \"{options.Password}\"");
        }

        if (options.AclLines.Count > 0)
        {
            File.WriteAllLines(Path.Combine(folder, "users.acl"), options.AclLines);
            lines.Add($"aclfile {Path.Combine(folder, "users.acl")}");
        }

        if (options.ReplicaOf is { } primary)
        {
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"replicaof 127.0.0.1 {primary}"));
        }

        if (options.Cluster)
        {
            lines.AddRange(["cluster-enabled yes", string.Create(CultureInfo.InvariantCulture, $"cluster-port {clusterPort}")]);
        }

        if (options.Rdb is not null)
        {
            File.Copy(options.Rdb, Path.Combine(data, "dump.rdb"));
        }

        lines.AddRange(options.Lines);
        return lines;
    }

    private static async Task<string> ReadReplyAsync(StreamReader reader)
    {
        var line = await reader.ReadLineAsync().ConfigureAwait(false) ?? throw new EndOfStreamException("redis-server closed the connection.");
        var number = line[0] is '$' or '*' ? int.Parse(line.AsSpan(1), CultureInfo.InvariantCulture) : 0;
        if (line[0] == '$' && number >= 0)
        {
            var text = new char[number + 2];
            await reader.ReadBlockAsync(text).ConfigureAwait(false);
            return new string(text, 0, number);
        }

        if (line[0] == '*')
        {
            var items = new List<string>();
            for (var index = 0; index < number; index++)
            {
                items.Add(await ReadReplyAsync(reader).ConfigureAwait(false));
            }

            return string.Join('\n', items);
        }

        return line[0] is '+' or ':' ? line[1..] : line;
    }

    private static async Task ExecuteAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync().ConfigureAwait(false);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}.");
        }
    }

    private static string Escape(string text) => System.Uri.EscapeDataString(text);

    // The log is a file, whose changes no event tells of on every system.
    private async Task WaitForLogAsync(string text, Task ended, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        while (!Log.Contains(text, StringComparison.Ordinal))
        {
            if (ended.IsCompleted || Stopwatch.GetElapsedTime(begun) > StartTimeout)
            {
                throw new InvalidOperationException($"redis-server did not say \"{text}\":\n{Log}");
            }

            await Task.Delay(10, cancellationToken).ConfigureAwait(false);
        }
    }
}
