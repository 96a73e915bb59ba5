using System.Globalization;
using System.Net;
using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup;
using Traf3li.Backup.Benchmarks;
using Traf3li.Backup.Benchmarks.Copies;
using Traf3li.Backup.Benchmarks.Mongo;
using Traf3li.Backup.Benchmarks.Redis;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Mongo;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Network;
using Traf3li.Backup.Testing.Servers;

// Usage: [--size BYTES|1GB] [--runs N] [--part MongoDB|Redis|Copies]
var size = 1L << 30;
var runs = 3;
string? part = null;
for (var index = 0; index + 1 < args.Length; index += 2)
{
    switch (args[index])
    {
        case "--size":
            size = SettingParsers.Size(args[index + 1]);
            break;
        case "--runs":
            runs = int.Parse(args[index + 1], CultureInfo.InvariantCulture);
            break;
        case "--part":
            part = args[index + 1];
            break;
        default:
            Console.Error.WriteLine($"{args[index]} is not known; known are --size, --runs and --part.");
            return 1;
    }
}

using var folder = new TemporaryFolder();
try
{
    (string Name, Func<Task> Measure)[] parts = [("MongoDB", MeasureMongoAsync), ("Redis", MeasureRedisAsync), ("Copies", MeasureCopiesAsync)];
    var chosen = parts.Where(item => part is null || item.Name.Equals(part, StringComparison.OrdinalIgnoreCase)).ToList();
    foreach (var item in chosen)
    {
        await item.Measure();
    }

    return chosen.Count > 0 ? 0 : throw new InvalidOperationException($"There is no part {part}; there are {string.Join(", ", parts.Select(item => item.Name))}.");
}
catch (Exception exception) when (exception is InvalidOperationException or BackupException or MongoException)
{
    Console.Error.WriteLine($"The benchmark failed: {exception.Message}");
    return 1;
}

async Task MeasureMongoAsync()
{
    var data = new OrderData(size);
    await using var server = await MongoServer.StartAsync(new MongoServerOptions { CacheGigabytes = 1 });
    using var connection = await MongoConnection.OpenAsync(server.Uri, credential: null, forWriting: true, new RecordingReporter(), TimeProvider.System, CancellationToken.None);
    Console.Error.WriteLine($"{data.Count:N0} documents, {data.Bytes / 1e6:N0} MB, mongod {connection.VersionText}");
    var baselines = new MongoBaselines(connection, data);
    await baselines.InsertAsync(OrderData.Database, baselines.PrepareInserts());
    await connection.Client.GetDatabase("admin").RunCommandAsync<BsonDocument>(new BsonDocument("fsync", 1));

    var measurements = new MongoMeasurements(connection, data, folder.Path, runs);
    await measurements.MeasureBackupAsync();
    await MeasureS3Async(measurements);
    await measurements.MeasureRestoreAsync();
    Print($"mongod {connection.VersionText}, {Count(data.Count)} documents of {data.Bytes / data.Count} bytes, {data.Bytes / 1e6:0} MB", measurements.Rows);
}

async Task MeasureRedisAsync()
{
    // Every client waits out repl-diskless-sync-delay, five seconds by default, which would hide what differs.
    await using var server = await RedisServer.StartAsync(new RedisServerOptions { Lines = ["repl-diskless-sync-delay 0", "save \"\""] });
    var keys = await RedisData.FillAsync(server, size);
    var version = (await server.RunAsync("INFO server")).Split('\n').First(line => line.StartsWith("redis_version:", StringComparison.Ordinal))[14..].Trim();
    Console.Error.WriteLine($"{keys:N0} keys, redis-server {version}");
    var measurements = new RedisMeasurements(server, keys, folder.Path, runs);
    await measurements.MeasureBackupAsync();
    await measurements.MeasureReadingAsync();
    await measurements.MeasureRestoreAsync();
    Print($"redis-server {version}, {Count(keys)} keys of 1 KB", measurements.Rows);
}

async Task MeasureCopiesAsync()
{
    var measurements = new CopyMeasurements((int)Math.Min(size, 1 << 30), folder.Path, runs);
    await measurements.MeasureFoldersAsync();
    var measured = "folders";
    try
    {
        await using var server = await CephServer.StartAsync("trixie", CancellationToken.None);
        await using var link = LinkTo(server);
        await using var source = await OpenAsync(server, Behind(link, server));
        await using var target = await OpenAsync(server, Behind(link, server));
        await measurements.MeasureS3Async(source, target);
        measured = "folders and Ceph 18";
    }
    catch (ServerUnavailableException exception)
    {
        Console.Error.WriteLine(exception.Message);
    }

    Print(measured, measurements.Rows);
}

void Print(string measured, IReadOnlyList<Row> rows)
{
    Console.WriteLine($"{Machine.Describe()}; {measured}; median of {runs} runs\n");
    Console.WriteLine("| | measured | baseline of the same run | ratio | target | |");
    Console.WriteLine("|---|---|---|---|---|---|");
    foreach (var row in rows)
    {
        Console.WriteLine(row);
    }

    Console.WriteLine();
}

static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

static async Task MeasureS3Async(MongoMeasurements measurements)
{
    CephServer server;
    try
    {
        server = await CephServer.StartAsync("trixie", CancellationToken.None);
    }
    catch (ServerUnavailableException exception)
    {
        await measurements.MeasureS3Async(s3: null, distant: null, exception.Message);
        return;
    }

    await using (server)
    {
        await using var link = LinkTo(server);
        await using var near = await OpenAsync(server, server.NewDestination());
        await using var distant = await OpenAsync(server, Behind(link, server));
        await measurements.MeasureS3Async(near, distant, "");
    }
}

// A line on which 40 MB/s can be sent.
static FaultyProxy LinkTo(CephServer server) => new(new IPEndPoint(IPAddress.Loopback, server.Endpoint.Port)) { UploadRate = 40_000_000 };

static string Behind(FaultyProxy link, CephServer server) => server.NewDestination().Replace($":{server.Endpoint.Port}", $":{link.Port}", StringComparison.Ordinal);

static Task<IObjectStore> OpenAsync(CephServer server, string destination)
{
    var settings = SettingsResolver.Resolve(
        new BackupQuery
        {
            WorkingDirectory = Path.GetTempPath(),
            Destination = destination,
            DestinationCredential = new NetworkCredential(server.AccessKeyId, server.SecretAccessKey),
        },
        new ProcessEnvironment());
    return StoreFactory.OpenAsync(settings.Destination, settings, new RecordingReporter(), TimeProvider.System, CancellationToken.None);
}
