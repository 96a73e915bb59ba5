using System.Diagnostics;
using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Demo;

/// <summary>A throwaway server in a container of Docker or Podman, on a free port of 127.0.0.1.</summary>
internal sealed class DemoContainer : IAsyncDisposable
{
    private const string Image = "mongo:7";

    private readonly string _program;
    private readonly string _id;

    private DemoContainer(string program, string id, string address)
    {
        _program = program;
        _id = id;
        Uri = $"mongodb://{address}/?directConnection=true";
    }

    /// <summary>Its connection string.</summary>
    public string Uri { get; }

    /// <summary>Starts a container and waits until its server answers; null where no program can start one.</summary>
    public static async Task<DemoContainer?> StartAsync()
    {
        if ((MongodLocator.FindOnPath("docker") ?? MongodLocator.FindOnPath("podman")) is not { } program
            || await RunAsync(program, "run", "--rm", "-d", "-p", "127.0.0.1::27017", Image) is not { Length: > 0 } id)
        {
            return null;
        }

        var address = await RunAsync(program, "port", id, "27017");
        var container = new DemoContainer(program, id, (address ?? "").Split('\n')[0]);
        try
        {
            using var client = new MongoClient(container.Uri);
            await client.GetDatabase("admin").RunCommandAsync<BsonDocument>(new BsonDocument("ping", 1));
            return container;
        }
        catch
        {
            await container.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync() => await RunAsync(_program, "rm", "-f", "-v", _id);

    /// <summary>What the program prints; null when it fails, as where no daemon runs.</summary>
    private static async Task<string?> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        await errors;
        return process.ExitCode == 0 ? output.Trim() : null;
    }
}
