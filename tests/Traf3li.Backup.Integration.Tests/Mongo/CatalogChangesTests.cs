using MongoDB.Bson;
using MongoDB.Driver;
using Traf3li.Backup.Engine;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Integration.Tests.Mongo;

/// <summary>Backups during which options, indexes and kinds of collections change: what is restored has them as they were at the backup's end.</summary>
public abstract class CatalogChangesTests(MongoFixture source, MongoFixture target) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private IMongoDatabase Shop => source.Server.Database("shop");

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _folder.Dispose();
    }

    [Theory]
    [InlineData("validator", "{collMod: 'plain', validator: {n: {$gte: 0}}, validationLevel: 'moderate', validationAction: 'warn'}")]
    [InlineData("index hidden", "{collMod: 'plain', index: {name: 'n_1', hidden: true}}")]
    [InlineData("index shown", "{collMod: 'plain', index: {name: 'n_1', hidden: true}}", "{collMod: 'plain', index: {name: 'n_1', hidden: false}}")]
    [InlineData("expiry", "{collMod: 'plain', index: {name: 'at_1', expireAfterSeconds: 987654321}}")]
    [InlineData("index to unique", "{collMod: 'plain', index: {name: 'n_1', prepareUnique: true}}", "{collMod: 'plain', index: {name: 'n_1', unique: true}}")]
    [InlineData("indexes dropped", "{dropIndexes: 'plain', index: '*'}")]
    [InlineData("index made", "{createIndexes: 'plain', indexes: [{key: {m: -1}, name: 'm', partialFilterExpression: {m: {$gt: 2}}}, {key: {'$**': 1}, name: 'wild'}]}")]
    [InlineData("index replaced", "{dropIndexes: 'plain', index: 'n_1'}", "{createIndexes: 'plain', indexes: [{key: {n: 1}, name: 'n_1', sparse: true}]}")]
    [InlineData("view made", "{create: 'seen', viewOn: 'plain', pipeline: [{$match: {n: 1}}]}")]
    [InlineData("view changed", "{collMod: 'view', viewOn: 'plain', pipeline: [{$project: {n: 1}}]}")]
    [InlineData("views gone", "{drop: 'series'}", "{drop: 'system.views'}")]
    [InlineData("collection to view", "{drop: 'plain'}", "{create: 'plain', viewOn: 'bulk', pipeline: [{$project: {_id: 1}}]}")]
    [InlineData("view to collection", "{drop: 'view'}", "{insert: 'view', documents: [{_id: 1}]}")]
    [InlineData("collection to time series", "{drop: 'plain'}", "{create: 'plain', timeseries: {timeField: 'at', metaField: 'm', granularity: 'minutes'}, expireAfterSeconds: 987654321}", "{insert: 'plain', documents: [{at: {$date: '2030-01-01T00:00:00Z'}, m: 1, v: 2}, {at: {$date: '2030-01-01T00:01:00Z'}, m: 1, v: 3}]}")]
    [InlineData("time series written", "{insert: 'series', documents: [{at: {$date: '2030-01-01T00:00:00Z'}, m: 1, v: 2}]}", "{delete: 'series', deletes: [{q: {m: 0}, limit: 0}]}")]
    [InlineData("time series coarser", "{collMod: 'series', timeseries: {granularity: 'hours'}}")]
    [InlineData("time series to expire", "{collMod: 'series', expireAfterSeconds: 987654321}")]
    [InlineData("time series index", "{createIndexes: 'series', indexes: [{key: {m: 1, at: -1}, name: 'by'}, {key: {'m.x': 1, v: 1}, name: 'deep'}, {key: {v: -1}, name: 'v', partialFilterExpression: {v: {$gt: 3}}}, {key: {place: '2dsphere'}, name: 'geo'}, {key: {'m.h': 'hashed'}, name: 'hash'}]}", "{collMod: 'series', index: {name: 'by', hidden: true}}", "{dropIndexes: 'series', index: 'hash'}")]
    [InlineData("time series gone", "{drop: 'series'}")]
    [InlineData("time series to collection", "{drop: 'series'}", "{insert: 'series', documents: [{_id: 1}]}")]
    [InlineData("time series with sizes of its own", "{drop: 'series'}", "{create: 'series', timeseries: {timeField: 'at', granularity: 'seconds'}, expireAfterSeconds: 987654321}", "{collMod: 'series', expireAfterSeconds: 'off'}")]
    [InlineData("made capped", "{convertToCapped: 'plain', size: 4096}", "{insert: 'plain', documents: [{_id: 11}]}")]
    [InlineData("capped made", "{create: 'ring', capped: true, size: 4096, max: 3}", "{insert: 'ring', documents: [{_id: 1}, {_id: 2}, {_id: 3}, {_id: 4}, {_id: 5}]}")]
    [InlineData("capped written", "{insert: 'round', documents: [{_id: 11}, {_id: 12}]}")]
    [InlineData("clustered made", "{create: 'clustered', clusteredIndex: {key: {_id: 1}, unique: true, name: 'c'}, expireAfterSeconds: 987654321}", "{insert: 'clustered', documents: [{_id: {$date: '2030-01-01T00:00:00Z'}}]}")]
    [InlineData("collation", "{drop: 'plain'}", "{create: 'plain', collation: {locale: 'de', strength: 2}}", "{createIndexes: 'plain', indexes: [{key: {t: 1}, name: 't', unique: true}]}", "{insert: 'plain', documents: [{_id: 1, t: 'Ä'}, {_id: 2, t: 'b'}]}")]
    [InlineData("change images", "{collMod: 'plain', changeStreamPreAndPostImages: {enabled: true}}", "{update: 'plain', updates: [{q: {_id: 1}, u: {$set: {n: 77}}}]}")]
    [InlineData("database anew", "{dropDatabase: 1}", "{insert: 'plain', documents: [{_id: 1}]}", "{create: 'view', viewOn: 'plain', pipeline: []}")]
    [InlineData("retried", "{findAndModify: 'plain', query: {_id: 1}, update: {$set: {n: 5}}, new: true}")]
    [InlineData("names of operators", "{insert: 'plain', documents: [{_id: 50, $price: 3, n: 50}, {_id: 51, $set: {a: 1}}, {_id: 54, none: {$timestamp: {t: 0, i: 0}}}, {_id: {$x: 1}, n: 52}, {_id: {k: 1, y: 2}, n: 53}]}", "{update: 'plain', updates: [{q: {_id: 50}, u: {$set: {n: 99}}}, {q: {_id: 51}, u: [{$replaceWith: {$literal: {_id: 51, $set: {b: 2}, z: 1}}}]}, {q: {_id: 2}, u: {_id: 2, sub: {$a: 1}, 'x.y': 2, '': 5}}]}", "{delete: 'plain', deletes: [{q: {n: 53}, limit: 1}]}")]
    [InlineData("stored function", "{insert: 'system.js', documents: [{_id: 'f', value: {$code: 'function() { return 1; }'}}]}")]
    [InlineData("out", "{aggregate: 'plain', pipeline: [{$match: {n: {$lt: 3}}}, {$out: 'plain'}], cursor: {}}")]
    [InlineData("out elsewhere", "{aggregate: 'plain', pipeline: [{$out: {db: 'elsewhere', coll: 'plain'}}], cursor: {}}")]
    [InlineData("empty", "{create: 'empty'}")]
    public Task What_is_restored_is_what_was_there_at_the_end(string name, params string[] commands)
    {
        Assert.NotEmpty(name);
        return CompareAsync(() => commands.ToList().ForEach(command => Shop.RunCommand<BsonDocument>(BsonDocument.Parse(command))));
    }

    [Fact]
    public Task The_largest_documents_come_back() => CompareAsync(() =>
    {
        // Each fits into a command, two of them together do not.
        var collection = Shop.GetCollection<BsonDocument>("plain");
        collection.InsertOne(new BsonDocument { { "_id", "large" }, { "bytes", new byte[7 << 20] } });
        collection.InsertOne(new BsonDocument { { "_id", "largest" }, { "bytes", new byte[(16 << 20) - 64] } });
        collection.ReplaceOne("{_id: 'large'}", new BsonDocument { { "_id", "large" }, { "bytes", new byte[10 << 20] } });
        collection.UpdateOne("{_id: 'largest'}", "{$set: {n: 1}}");
    });

    [Fact]
    public Task Names_that_come_twice_in_a_document_come_back() => CompareAsync(() =>
    {
        var collection = Shop.GetCollection<BsonDocument>("plain");
        var twice = new BsonDocument(allowDuplicateNames: true) { { "a", 1 }, { "a", 2 } };
        collection.InsertMany([new BsonDocument { { "_id", twice }, { "sub", twice } }, new BsonDocument { { "_id", 70 }, { "sub", twice } }]);
        collection.UpdateMany(FilterDefinition<BsonDocument>.Empty, "{$set: {touched: true}}");
    });

    [Fact]
    public Task What_a_transaction_creates_and_changes_comes_back() => CompareAsync(() =>
    {
        using var session = source.Server.Client.StartSession();
        session.WithTransaction((transaction, token) =>
        {
            var made = Shop.GetCollection<BsonDocument>("made");
            made.Indexes.CreateOne(transaction, new CreateIndexModel<BsonDocument>("{n: 1}"), cancellationToken: token);
            made.InsertMany(transaction, Enumerable.Range(0, 25).Select(id => new BsonDocument { { "_id", id }, { "bytes", new byte[700_000] } }), cancellationToken: token);
            Shop.GetCollection<BsonDocument>("plain").UpdateMany(transaction, FilterDefinition<BsonDocument>.Empty, "{$inc: {n: 1}}", cancellationToken: token);
            return 0;
        });
    });

    private async Task CompareAsync(Action change)
    {
        await FillAsync();
        var changes = new ActWhen(update => update.PercentComplete > 0, change);
        var backup = await new BackupEngine(new ProcessEnvironment(), new BusyClock()).BackupAsync(
            new BackupOptions { WorkingDirectory = _folder.Path, Destination = _folder.Path, Uri = source.Server.Uri, Consistency = BackupConsistency.Oplog },
            changes,
            TestContext.Current.CancellationToken);
        Assert.True(changes.IsDone);
        var expected = await ServerState.ReadAsync(source.Server.Client, "shop", "elsewhere");
        await target.ClearAsync();

        await new Scenario(target.Server, _folder.Path).RestoreAsync(backup);

        Scenario.AssertEqual(expected, await ServerState.ReadAsync(target.Server.Client, "shop", "elsewhere"));
    }

    private async Task FillAsync()
    {
        await source.ClearAsync();
        var bytes = new byte[20_000];
        new Random(1).NextBytes(bytes);
        await Shop.GetCollection<BsonDocument>("bulk").InsertManyAsync(Enumerable.Range(0, 20).Select(id => new BsonDocument { { "_id", id }, { "bytes", bytes } }));
        await Shop.GetCollection<BsonDocument>("plain").InsertManyAsync(Enumerable.Range(0, 10).Select(id => new BsonDocument { { "_id", id }, { "n", id }, { "at", DateTime.UnixEpoch.AddYears(70) } }));
        await Shop.RunCommandAsync<BsonDocument>("{createIndexes: 'plain', indexes: [{key: {n: 1}, name: 'n_1'}, {key: {at: 1}, name: 'at_1', expireAfterSeconds: 1000000000}]}");
        await Shop.RunCommandAsync<BsonDocument>("{create: 'view', viewOn: 'plain', pipeline: [{$match: {n: {$gt: 4}}}]}");
        await Shop.RunCommandAsync<BsonDocument>("{create: 'series', timeseries: {timeField: 'at', metaField: 'm', granularity: 'minutes'}}");
        await Shop.GetCollection<BsonDocument>("series").InsertManyAsync(Enumerable.Range(0, 20).Select(number => new BsonDocument { { "at", DateTime.UnixEpoch.AddYears(60).AddMinutes(number) }, { "m", number % 2 }, { "v", number } }));
        await Shop.RunCommandAsync<BsonDocument>("{create: 'round', capped: true, size: 4096, max: 5}");
        await Shop.GetCollection<BsonDocument>("round").InsertManyAsync(Enumerable.Range(0, 5).Select(id => new BsonDocument("_id", id)));
    }
}

/// <summary>Of 6.0.</summary>
public sealed class CatalogChangesOf6Tests(ReplicaSet6 source, Standalone6 target) : CatalogChangesTests(source, target), IClassFixture<ReplicaSet6>, IClassFixture<Standalone6>;

/// <summary>Of 7.0.</summary>
public sealed class CatalogChangesOf7Tests(ReplicaSet7 source, Standalone7 target) : CatalogChangesTests(source, target), IClassFixture<ReplicaSet7>, IClassFixture<Standalone7>;
