using MongoDB.Bson;
using Traf3li.Backup.Engine;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Integration.Tests.Mongo;

/// <summary>Restores from the second of two destinations, when the first has lost what it had or does not answer.</summary>
public sealed class MongoFallbackTests(ReplicaSet6 fixture) : IClassFixture<ReplicaSet6>, IDisposable
{
    private readonly TemporaryFolder _first = new();
    private readonly TemporaryFolder _second = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    [Theory]
    [InlineData("manifest")]
    [InlineData("shorter")]
    [InlineData("gone")]
    public async Task What_the_first_has_lost_is_restored_from_the_second(string loss)
    {
        var (scenario, backup) = await BeginAsync();
        var state = await ServerState.ReadAsync(fixture.Server.Client, "shop");
        var path = Path.Join(_first.Path, backup.Key);
        switch (loss)
        {
            case "manifest":
                await File.WriteAllTextAsync(Path.Join(_first.Path, BackupKey.ManifestOf(backup.Key)), "{}", Token);
                break;
            case "shorter":
                await File.WriteAllBytesAsync(path, (await File.ReadAllBytesAsync(path, Token))[..^1], Token);
                break;
            default:
                File.Delete(path);
                break;
        }

        await fixture.ClearAsync();
        var result = await scenario.RestoreAsync(backup, options => options with { Fallback = [_second.Path] });

        Scenario.AssertEqual(state, await ServerState.ReadAsync(fixture.Server.Client, "shop"));
        Assert.Equal(_second.Path, result.Backup.Destination);
        Assert.Contains(scenario.Reporter.Warnings, warning => warning.Contains($"{backup.Key} is read from {_second.Path}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Damage_that_only_reading_shows_touches_nothing_and_names_the_other_copy()
    {
        var (scenario, backup) = await BeginAsync();
        var path = Path.Join(_first.Path, backup.Key);
        var bytes = await File.ReadAllBytesAsync(path, Token);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, Token);
        await fixture.Server.Database("shop").GetCollection<BsonDocument>("orders").InsertOneAsync(new BsonDocument("_id", "new"), cancellationToken: Token);
        var state = await ServerState.ReadAsync(fixture.Server.Client, "shop");

        var error = await Assert.ThrowsAnyAsync<BackupException>(() => scenario.RestoreAsync(backup, options => options with { Fallback = [_second.Path] }));

        Assert.Contains(_second.Path, error.Message + error.Recommendation, StringComparison.Ordinal);
        Scenario.AssertEqual(state, await ServerState.ReadAsync(fixture.Server.Client, "shop"));
        await scenario.RestoreAsync(backup, options => options with { Destination = _second.Path });
    }

    [Fact]
    public async Task Where_neither_answers_both_are_named_and_nothing_is_touched()
    {
        var (scenario, backup) = await BeginAsync();
        var state = await ServerState.ReadAsync(fixture.Server.Client, "shop");

        // Nothing listens on these ports.
        var error = await Assert.ThrowsAnyAsync<BackupException>(() => scenario.RestoreAsync(backup with { Destination = null }, options => options with
        {
            Destination = "s3://first/p?endpoint=http://127.0.0.1:1",
            Fallback = ["s3://second/p?endpoint=http://127.0.0.1:2"],
            DestinationCredential = new System.Net.NetworkCredential("id", "very-secret"),
        }));

        var told = error.Message + string.Join(' ', scenario.Reporter.Warnings);
        Assert.Contains("127.0.0.1:1", told, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:2", told, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", told, StringComparison.Ordinal);
        Scenario.AssertEqual(state, await ServerState.ReadAsync(fixture.Server.Client, "shop"));
    }

    private async Task<(Scenario Scenario, BackupInfo Backup)> BeginAsync()
    {
        await fixture.ClearAsync();
        await fixture.Server.Database("shop").GetCollection<BsonDocument>("orders").InsertManyAsync(
            Enumerable.Range(0, 5000).Select(id => new BsonDocument { { "_id", id }, { "text", Guid.NewGuid().ToString() } }), cancellationToken: Token);
        var scenario = new Scenario(fixture.Server, _first.Path);
        var backup = await scenario.BackupAsync(options => options with { Database = ["shop"] });
        var options = new CopyOptions { WorkingDirectory = _first.Path, Destination = _first.Path, To = _second.Path, Key = [backup.Key] };
        await foreach (var copy in new BackupEngine().CopyAsync(options, scenario.Reporter, Token))
        {
            Assert.Equal(CopyStatus.Copied, copy.Status);
        }

        return (scenario, backup);
    }
}
