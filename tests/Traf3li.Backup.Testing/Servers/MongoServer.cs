using System.Diagnostics;
using System.Globalization;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Traf3li.Backup.Testing.Servers;

/// <summary>A real mongod on a free port of 127.0.0.1 with a data folder of its own, ended by its own pid.</summary>
public sealed class MongoServer : IAsyncDisposable
{
    /// <summary>The password of the user <c>root</c> where a login is required.</summary>
    public const string RootPassword = "pw of root: a throw-away word";

    private const string ReadyMessage = "Waiting for connections";
    private const string KeyFileText = "dGhyb3ctYXdheSBrZXkgb2YgYSB0ZXN0IHNlcnZlcg==";

    // The shell becomes mongod. What it leaves behind waits for the end of input, which comes when this process is gone, however it ended:
    // then mongod and its data go too. (A death signal by prctl would come with the end of the thread that started mongod.)
    private const string GoneWithParent =
        """exec 3<&0 </dev/null; { read -r _ <&3; kill -KILL $$; rm -rf "$0"; } >/dev/null 2>&1 & exec 3<&-; exec "$@" """;

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly string _folder;

    private MongoServer(Process process, string folder, int port, MongoServerOptions options)
    {
        _process = process;
        _folder = folder;
        Port = port;
        Options = options;
        Client = new MongoClient(Uri);
    }

    /// <summary>How it was started.</summary>
    public MongoServerOptions Options { get; }

    /// <summary>Its port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>A client for tests to fill and look at the server.</summary>
    public IMongoClient Client { get; private set; }

    /// <summary>The connection string, with the root user where a login is required.</summary>
    public string Uri => Options.Authentication
        ? $"mongodb://root:{System.Uri.EscapeDataString(RootPassword)}@127.0.0.1:{Port}/?authSource=admin{SetOption('&')}"
        : $"mongodb://127.0.0.1:{Port}/{SetOption('?')}";

    /// <summary>The connection string without user and password.</summary>
    public string AnonymousUri => $"mongodb://127.0.0.1:{Port}/{SetOption('?')}";

    /// <summary>Starts a server and waits until it takes commands, as a primary where it is a replica set.</summary>
    public static async Task<MongoServer> StartAsync(MongoServerOptions options, CancellationToken cancellationToken = default)
    {
        var command = MongodLocator.Find(options.Version) ?? throw new InvalidOperationException(MongodLocator.MissingReason(options.Version));
        var folder = Directory.CreateTempSubdirectory("traf3li-mongod-").FullName;
        var port = FreePort.Next();
        var process = await LaunchAsync(command, folder, port, options, cancellationToken).ConfigureAwait(false);
        var server = new MongoServer(process, folder, port, options);
        try
        {
            await server.InitiateAsync(cancellationToken).ConfigureAwait(false);
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>A database of this server.</summary>
    public IMongoDatabase Database(string name) => Client.GetDatabase(name);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        // For the process alone: Wine's own server may have been started by this one and hold its output open for as long as another one runs.
        await Task.Run(() => _process.WaitForExit(StopTimeout)).ConfigureAwait(false);
        _process.Dispose();
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (IOException)
        {
            // Wine lets go of files a moment after its process; the folder is a temporary one.
        }
    }

    private static async Task<Process> LaunchAsync(
        IReadOnlyList<string> command, string folder, int port, MongoServerOptions options, CancellationToken cancellationToken)
    {
        var data = Directory.CreateDirectory(Path.Combine(folder, "db")).FullName;
        if (!OperatingSystem.IsWindows())
        {
            command = ["/bin/sh", "-c", GoneWithParent, folder, .. command];
        }

        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        var arguments = new List<string>(command.Skip(1))
        {
            "--port", port.ToString(CultureInfo.InvariantCulture),
            "--dbpath", data,
            "--wiredTigerCacheSizeGB", options.CacheGigabytes.ToString(CultureInfo.InvariantCulture),
        };
        if (options.ReplicaSet)
        {
            arguments.AddRange(["--replSet", "rs"]);
        }

        if (options.Authentication)
        {
            arguments.Add("--auth");
            if (options.ReplicaSet)
            {
                var keyFile = Path.Combine(folder, "key");
                await File.WriteAllTextAsync(keyFile, KeyFileText, cancellationToken).ConfigureAwait(false);
                if (!OperatingSystem.IsWindows())
                {
                    File.SetUnixFileMode(keyFile, UnixFileMode.UserRead);
                }

                arguments.AddRange(["--keyFile", keyFile]);
            }
        }

        arguments.AddRange(options.Arguments);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var log = new System.Text.StringBuilder();
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process { StartInfo = start, EnableRaisingEvents = true };
        void Read(string? line)
        {
            if (line is null)
            {
                return;
            }

            if (!ready.Task.IsCompleted)
            {
                lock (log)
                {
                    log.AppendLine(line);
                }
            }

            if (line.Contains(ReadyMessage, StringComparison.Ordinal))
            {
                ready.TrySetResult();
            }
        }

        process.OutputDataReceived += (_, data) => Read(data.Data);
        process.ErrorDataReceived += (_, data) => Read(data.Data);
        process.Exited += (_, _) =>
        {
            lock (log)
            {
                ready.TrySetException(new InvalidOperationException($"mongod {options.Version} ended at start:\n{log}"));
            }
        };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await ready.Task.WaitAsync(StartTimeout, cancellationToken).ConfigureAwait(false);
        return process;
    }

    private string SetOption(char separator) => Options.ReplicaSet ? $"{separator}replicaSet=rs" : "";

    private async Task InitiateAsync(CancellationToken cancellationToken)
    {
        using var direct = new MongoClient($"mongodb://127.0.0.1:{Port}/?directConnection=true");
        var admin = direct.GetDatabase("admin");
        if (Options.ReplicaSet)
        {
            var members = new BsonArray { new BsonDocument { { "_id", 0 }, { "host", $"127.0.0.1:{Port}" } } };
            var configuration = new BsonDocument { { "_id", "rs" }, { "members", members } };
            await admin.RunCommandAsync<BsonDocument>(new BsonDocument("replSetInitiate", configuration), cancellationToken: cancellationToken)
                .ConfigureAwait(false);

            // The driver itself waits for a primary.
            using var set = new MongoClient($"mongodb://127.0.0.1:{Port}/?replicaSet=rs");
            await set.GetDatabase("admin").RunCommandAsync<BsonDocument>(new BsonDocument("ping", 1), ReadPreference.Primary, cancellationToken)
                .ConfigureAwait(false);
        }

        if (Options.Authentication)
        {
            var user = new BsonDocument { { "createUser", "root" }, { "pwd", RootPassword }, { "roles", new BsonArray { "root" } } };
            await admin.RunCommandAsync<BsonDocument>(user, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
    }
}
