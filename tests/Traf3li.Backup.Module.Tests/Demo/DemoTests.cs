using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Module.Tests.Hosting;
using Traf3li.Backup.Module.Tests.Servers;

namespace Traf3li.Backup.Module.Tests.Demo;

/// <summary>The demo on a server of the user, in a container, and killed.</summary>
[Collection(SharedServerCollection.Name)]
public sealed class DemoTests(MongoFixture mongo)
{
    private const string Guest = "traf3li_demo";

    private static readonly string Folder = Path.Combine(Artifact.RepositoryRoot, "tests", "Demo");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task On_a_server_of_the_user_only_its_own_database_is_touched()
    {
        var server = await mongo.GetAsync();
        await server.Database("beside_the_demo").GetCollection<BsonDocument>("things").InsertOneAsync(new BsonDocument("_id", Guid.NewGuid().ToString()), cancellationToken: Token);
        var before = await ListAsync(server.Client);

        var run = await HostProcess.RunAsync(Path.Combine(Folder, "Demo.ps1"), Folder, new Dictionary<string, string> { ["MONGODB_URI"] = server.Uri });

        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Contains($"It touches only {Guest} there", run.Output, StringComparison.Ordinal);
        Assert.Contains("equal", run.Output, StringComparison.Ordinal);
        Assert.Equal(before, await ListAsync(server.Client));
    }

    [Fact]
    public async Task A_database_of_the_demos_name_is_not_the_demos_to_drop()
    {
        var server = await mongo.GetAsync();
        var theirs = server.Database(Guest).GetCollection<BsonDocument>("theirs");
        await theirs.InsertOneAsync(new BsonDocument("_id", 1), cancellationToken: Token);
        try
        {
            var run = await HostProcess.RunAsync(Path.Combine(Folder, "Demo.ps1"), Folder, new Dictionary<string, string> { ["MONGODB_URI"] = server.Uri });

            Assert.NotEqual(0, run.ExitCode);
            Assert.Contains($"has a database {Guest} already", run.Output, StringComparison.Ordinal);
            Assert.Equal(1, await theirs.CountDocumentsAsync("{}", cancellationToken: Token));
        }
        finally
        {
            await server.Client.DropDatabaseAsync(Guest, CancellationToken.None);
        }
    }

    [Fact]
    public async Task A_demo_that_is_killed_leaves_no_server()
    {
        await mongo.GetAsync();
        using var helper = Start(new Dictionary<string, string?> { ["MONGODB_URI"] = null });
        var place = JsonNode.Parse((await helper.StandardOutput.ReadLineAsync(Token))!)!;
        var address = new MongoUrl((string)place["Uri"]!).Server;
        using var connection = new TcpClient();
        await connection.ConnectAsync(address.Host, address.Port, Token);

        helper.Kill();

        // The end of the connection is the end of the server.
        await Assert.ThrowsAnyAsync<IOException>(async () => await connection.GetStream().ReadExactlyAsync(new byte[1], Token));
    }

    [Fact]
    public async Task Without_a_mongod_it_plays_in_a_container()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("The container program of this test is a shell script.");
            return;
        }

        var server = await mongo.GetAsync();
        var folder = Directory.CreateTempSubdirectory("traf3li-docker-").FullName;
        try
        {
            var log = Path.Combine(folder, "log");
            var docker = Path.Combine(folder, "docker");
            await File.WriteAllTextAsync(docker, $"#!/bin/sh\necho \"$*\" >> '{log}'\ncase $1 in run) echo c0ffee;; port) echo 127.0.0.1:{server.Port};; esac\n", Token);
            File.SetUnixFileMode(docker, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            using var helper = Start(new Dictionary<string, string?>
            {
                ["MONGODB_URI"] = null,
                ["TRAF3LI_TEST_MONGOD"] = Path.Combine(folder, "no-mongod"),
                ["PATH"] = folder + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH"),
            });

            var place = JsonNode.Parse((await helper.StandardOutput.ReadLineAsync(Token))!)!;
            helper.StandardInput.Close();
            await helper.WaitForExitAsync(Token);

            Assert.Equal((true, $"mongodb://127.0.0.1:{server.Port}/?directConnection=true"), ((bool)place["IsOwn"]!, (string)place["Uri"]!));
            Assert.Equal(["run --rm -d -p 127.0.0.1::27017 mongo:7", "port c0ffee 27017", "rm -f -v c0ffee"], await File.ReadAllLinesAsync(log, Token));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Process Start(Dictionary<string, string?> environment)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(Folder, "bin", "Release", "net10.0", "Traf3li.Backup.Demo.dll")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static async Task<IReadOnlyList<string>> ListAsync(IMongoClient client)
    {
        using var names = await client.ListDatabaseNamesAsync(Token);
        return [.. (await names.ToListAsync(Token)).Order(StringComparer.Ordinal)];
    }
}
