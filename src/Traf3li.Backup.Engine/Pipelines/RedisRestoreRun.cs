using Traf3li.Backup.Engine.Progress;
using Traf3li.Backup.Engine.Redis.Connection;
using Traf3li.Backup.Engine.Redis.Rdb;
using Traf3li.Backup.Engine.Redis.Restore;
using Traf3li.Backup.Engine.Streams;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>The run of one restore of Redis: writes the backup's keys, deletes what it lacks, and compares.</summary>
internal sealed class RedisRestoreRun(
    RedisRestoreLayout layout, RedisBackupReader backup, RestoreOptions options, RedisRestoreSizes sizes, RedisConnectionOptions connection, TimeProvider time)
{
    private const int SampleSize = 1000;
    private const long Day = 24 * 3_600_000L;

    private readonly BackupKeys _keys = new(sizes.MostKeysAtOnce);
    private readonly List<string> _warnings = [];
    private readonly HashSet<int> _filled = [.. layout.Target.Keys.Keys];
    private readonly List<RedisRestoreCounts> _counts = [];
    private readonly Dictionary<string, UInt128> _libraries = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _deletedLibraries = new(StringComparer.Ordinal);
    private readonly RestoredFunctions _functions = new(layout.Target, connection, time);
    private long _bytes;

    private bool Deletes => !options.Merge && _filled.Any(layout.Selection.Takes);

    /// <summary>Does it all.</summary>
    public async Task<RedisRestoreOutcome> RunAsync(OperationProgress progress, CancellationToken cancellationToken)
    {
        var offset = await ServerClock.ReadOffsetAsync(layout.Target.MarkerNode, connection, time, cancellationToken).ConfigureAwait(false);
        var begin = (time.GetUtcNow() + offset).ToUnixTimeMilliseconds();
        var sent = new SentKeys(begin);
        var sample = new ValueSample(SampleSize, begin + Day);
        var request = new RedisRestoreRequest
        {
            Takes = layout.Selection.Takes,
            KeyDone = (reader, expired) => OnKey(reader, expired, sent),
            ValueSent = options.Verify ? null : sample.Offer,
            FunctionLoaded = OnFunction,
            DeleteOwner = options.Merge ? null : function => DeleteOwner(function, cancellationToken),
            WithFunctions = layout.HasFunctions,
            ClockOffset = offset,
            FilledDatabases = _filled,
            LongestPayload = sizes.LongestPayloadFor(layout.Target),
            LongestArgument = layout.Target.LongestArgument,
        };
        await RestoreAsync(request, progress, cancellationToken).ConfigureAwait(false);
        var deleted = await DeleteExtraKeysAsync(begin, progress, cancellationToken).ConfigureAwait(false);
        if (layout.HasLiveFunctions && !options.Merge)
        {
            _deletedLibraries.UnionWith(await _functions.DeleteExtraAsync(_libraries.Keys.ToHashSet(StringComparer.Ordinal), cancellationToken).ConfigureAwait(false));
        }

        await _functions.RequireEqualAsync(_libraries, cancellationToken).ConfigureAwait(false);
        var (after, compared) = await new RestoredState(layout, backup, options, sizes, connection, time)
            .CompareAsync(sent, sample, offset, begin, progress, _warnings, cancellationToken).ConfigureAwait(false);
        if (options.KeyPattern.Count > 0 && _counts.TrueForAll(counts => counts.Restored.Count + counts.Expired.Count == 0))
        {
            _warnings.Add($"No key of the backup is like {string.Join(" or ", options.KeyPattern)}{(options.DatabaseIndex.Count == 0 ? "" : " in the chosen databases")}: nothing was restored.");
        }

        var databases = layout.Actions.Select(action => int.Parse(action.Namespace.AsSpan(2), System.Globalization.CultureInfo.InvariantCulture)).Union(sent.Databases).Order();
        return new RedisRestoreOutcome(
            new RedisRestoreResult
            {
                Restored = Sum(counts => counts.Restored),
                Replaced = Sum(counts => counts.Replaced),
                Expired = Sum(counts => counts.Expired),
                Deleted = deleted,
                Skipped = Sum(counts => counts.Skipped),
                Rebuilt = Sum(counts => counts.Rebuilt),
                Database = [.. databases.Select(database => new RedisRestoredDatabase(
                    database, layout.Target.Keys.GetValueOrDefault(database), after.GetValueOrDefault(database), sent.CountOf(database)))],
                FunctionCount = _libraries.Count,
                DeletedFunction = [.. _deletedLibraries.Where(name => !_libraries.ContainsKey(name))],
                ComparedCount = compared,
            },
            _bytes,
            [.. _counts.SelectMany(counts => counts.Warnings()), .. _warnings]);
    }

    private async Task RestoreAsync(RedisRestoreRequest request, OperationProgress progress, CancellationToken cancellationToken)
    {
        for (var index = 0; index < backup.Parts.Count; index++)
        {
            var part = backup.Parts[index];
            using var shown = progress.Begin(part.Name, part.Recorded?.ArchiveSize);
            var plain = await backup.OpenAsync(index, cancellationToken).ConfigureAwait(false);
            await using (plain.ConfigureAwait(false))
            {
                // Functions are loaded into each primary of a cluster on its own, so one may have what another lacks.
                var counted = new MeasuredStream(plain);
                var counts = await new RedisRestorer(connection, time)
                    .RunAsync(counted, part.Name, layout.Target.Topology, request, shown, cancellationToken).ConfigureAwait(false);
                _bytes += counted.BytesRead;
                _counts.Add(counts);
                var all = counts.Restored.Count + counts.Expired.Count + counts.Skipped.Count;
                if (part.Recorded is { } recorded && recorded.Count != all)
                {
                    throw new VerificationFailedException(part.Name, FormattableString.Invariant($"it has {all} keys, and {recorded.Count} were recorded."));
                }
            }
        }
    }

    private void OnFunction(ReadOnlyMemory<byte> code)
    {
        var name = RestoredFunctions.NameOf(code.Span) ?? "";
        var hash = RestoredFunctions.HashOf(code.Span);
        if (_libraries.TryGetValue(name, out var other) && other != hash)
        {
            _warnings.Add($"The primaries of the backup have different code in the library of functions {name}; the last one's was restored.");
        }

        _libraries[name] = hash;
    }

    // This is the reader's own thread.
    private bool DeleteOwner(string function, CancellationToken cancellationToken)
    {
        var name = _functions.DeleteOwnerAsync(function, cancellationToken).GetAwaiter().GetResult();
        return name is not null && _deletedLibraries.Add(name);
    }

    private void OnKey(RdbReader reader, bool expired, SentKeys sent)
    {
        if (expired)
        {
            return;
        }

        sent.Add(reader.Database, reader.ExpiresAt);
        if (_filled.Contains(reader.Database) && !options.Merge)
        {
            _keys.Add(reader.Database, reader.Key);
        }
    }

    private async Task<RedisKeyCount> DeleteExtraKeysAsync(long begin, OperationProgress progress, CancellationToken cancellationToken)
    {
        var extra = new ExtraKeys(layout.Target, layout.Selection, connection, time);
        if (!Deletes)
        {
            return extra.Deleted;
        }

        using var shown = progress.Begin($"Deleting what the backup lacks from {layout.Target.Host}", totalBytes: null);
        await extra.DeleteAsync(_filled, _keys, shown, cancellationToken).ConfigureAwait(false);
        for (var part = 1; part < _keys.Parts; part++)
        {
            _keys.Begin(part);
            await ReadKeysAsync(begin, cancellationToken).ConfigureAwait(false);
            await extra.DeleteAsync(_filled, _keys, shown, cancellationToken).ConfigureAwait(false);
        }

        return extra.Deleted;
    }

    // A key that expired while the backup was sent counts as sent here: if it is on the server after all, its time removes it.
    private async Task ReadKeysAsync(long begin, CancellationToken cancellationToken)
    {
        for (var index = 0; index < backup.Parts.Count; index++)
        {
            var plain = await backup.OpenAsync(index, cancellationToken).ConfigureAwait(false);
            await using (plain.ConfigureAwait(false))
            {
                await RdbReader.RunAsync(plain, backup.Parts[index].Name, reader => AddKeys(reader, begin, cancellationToken), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private int AddKeys(RdbReader reader, long begin, CancellationToken cancellationToken)
    {
        for (var record = reader.Read(cancellationToken); record != RdbRecord.End; record = reader.Read(cancellationToken))
        {
            if (record == RdbRecord.Key && _filled.Contains(reader.Database) && !(reader.ExpiresAt <= begin))
            {
                _keys.Add(reader.Database, reader.Key);
            }
        }

        return 0;
    }

    private RedisKeyCount Sum(Func<RedisRestoreCounts, RedisKeyCount> count)
    {
        var all = _counts.ConvertAll(counts => count(counts));
        return new RedisKeyCount(all.Sum(item => item.Count), all.Find(item => item.Count > 0)?.Sample);
    }
}
