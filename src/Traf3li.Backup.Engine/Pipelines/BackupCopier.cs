using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Progress;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>
/// Copies one backup: its objects, its hold, and last its manifest, byte for byte, so that a copy that was stopped anywhere before does not
/// exist. What an earlier run left behind whole is compared and used.
/// </summary>
internal sealed class BackupCopier(IObjectStore source, IObjectStore target, CopyOptions options, ObjectCopier objects, IEngineReporter reporter, TimeProvider time)
{
    private static readonly TimeSpan CleanupTimeout = TimeSpan.FromSeconds(10);
    private static readonly UploadOptions SmallObject = new() { OnlyIfAbsent = true, IsReadOften = true, ContentType = "application/json" };

    /// <summary>Copies it, unless it is there.</summary>
    /// <exception cref="CopyConflictException">Something else is there under its key.</exception>
    public async Task<CopyResult> CopyAsync(string key, OperationProgress progress, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var backup = await CopySource.ReadAsync(source, key, cancellationToken).ConfigureAwait(false);
        var result = new CopyResult
        {
            Key = key,
            Destination = target.DisplayName,
            From = source.DisplayName,
            Status = CopyStatus.AlreadyThere,
            Source = backup.Layout.Source,
            Type = backup.Manifest?.Type ?? backup.Layout.Type,
            Date = backup.Manifest?.StartTime ?? backup.Layout.Time,
            Size = backup.Size,
            ObjectCount = backup.Object.Count + (backup.Manifest is null ? 0 : 1),
        };
        var hasManifest = await HasSameManifestAsync(backup, cancellationToken).ConfigureAwait(false);
        var missing = await FindMissingAsync(backup, hasManifest, cancellationToken).ConfigureAwait(false);
        if (missing.Count == 0 && (hasManifest || backup.Manifest is null))
        {
            return result with { ReadBack = options.Verify == true, Duration = time.GetElapsedTime(started) };
        }

        if (missing.FirstOrDefault(item => item.Archive is not null) is { Archive: { } archive } archived)
        {
            // Before anything of it is copied.
            throw archive.Error(archived.Key);
        }

        var (method, isReadBack) = await StoreAsync(backup, missing, hasManifest, progress, cancellationToken).ConfigureAwait(false);
        return result with { Status = CopyStatus.Copied, Method = method, ReadBack = isReadBack, Duration = time.GetElapsedTime(started) };
    }

    private async Task<bool> HasSameManifestAsync(CopySource backup, CancellationToken cancellationToken)
    {
        byte[]? theirs;
        try
        {
            theirs = await new BackupCatalog(target).TryReadManifestBytesAsync(backup.Key, cancellationToken).ConfigureAwait(false);
        }
        catch (ManifestCorruptException exception)
        {
            throw Conflict(backup.Key, $"its manifest there cannot be read, since {exception.Message}", exception);
        }

        return theirs is not null
            && (theirs.AsSpan().SequenceEqual(backup.ManifestBytes)
                ? true
                : throw Conflict(backup.Key, backup.Manifest is null ? "there it has a manifest, here it has none." : "their manifests differ."));
    }

    private async Task<IReadOnlyList<CopyObject>> FindMissingAsync(CopySource backup, bool hasManifest, CancellationToken cancellationToken)
    {
        var missing = new List<CopyObject>();
        foreach (var item in backup.Object)
        {
            if (await target.FindAsync(item.Key, cancellationToken).ConfigureAwait(false) is not { } stored)
            {
                missing.Add(item);
            }
            else if (!stored.HasSize(item.Size))
            {
                throw Conflict(item.Key, $"it has {stored.Size} bytes there and {item.Size} here.");
            }
            else if (options.Verify == true || (!hasManifest && backup.Manifest is not null))
            {
                // Without its manifest it is what a killed run left, or something foreign.
                await RequireSameAsync(item, cancellationToken).ConfigureAwait(false);
            }
        }

        return missing;
    }

    private async Task RequireSameAsync(CopyObject item, CancellationToken cancellationToken)
    {
        var expected = item.Sha256 ?? await StoredObjectReader.HashAsync(source, item.Key, cancellationToken).ConfigureAwait(false);
        var actual = await StoredObjectReader.HashAsync(target, item.Key, cancellationToken).ConfigureAwait(false);
        if (!string.Equals(expected, actual, StringComparison.OrdinalIgnoreCase))
        {
            throw Conflict(item.Key, $"its SHA-256 is {actual} there, and not {expected}.");
        }
    }

    private async Task<(CopyMethod? Method, bool IsReadBack)> StoreAsync(
        CopySource backup, IReadOnlyList<CopyObject> missing, bool hasManifest, OperationProgress progress, CancellationToken cancellationToken)
    {
        var written = new List<string>();
        try
        {
            CopyMethod? method = null;
            var isReadBack = true;
            foreach (var item in missing)
            {
                using var part = progress.Begin(item.Key, item.Size);
                try
                {
                    var (way, isRead) = await objects.CopyAsync(item, part, () => written.Add(item.Key), cancellationToken).ConfigureAwait(false);
                    (method, isReadBack) = (way, isReadBack && isRead);
                    if (hasManifest)
                    {
                        // What was put back into a copy that has its manifest and is as it should be stays, whatever becomes of the rest.
                        written.Clear();
                    }
                }
                catch (ObjectExistsException)
                {
                    // Another run has put it there meanwhile.
                    await RequireSameAsync(item, cancellationToken).ConfigureAwait(false);
                }
            }

            await CopyHoldAsync(backup.Key, written, cancellationToken).ConfigureAwait(false);
            if (!hasManifest && backup.ManifestBytes is { } manifest)
            {
                await RequireAllAsync(backup, cancellationToken).ConfigureAwait(false);
                await WriteManifestAsync(backup, manifest, written, cancellationToken).ConfigureAwait(false);
            }

            return (method, isReadBack);
        }
        catch
        {
            await DeleteAsync(backup.Key, written, hasManifest).ConfigureAwait(false);
            throw;
        }
    }

    // A hold that was lifted at the second destination is not put there again: only what is copied takes it along.
    private async Task CopyHoldAsync(string key, List<string> written, CancellationToken cancellationToken)
    {
        if (await new BackupHolds(source).FindAsync(key, cancellationToken).ConfigureAwait(false) is not { } hold)
        {
            return;
        }

        try
        {
            // The locks of one bucket are none of the other.
            await new BackupHolds(target).WriteAsync(hold with { ObjectLock = HoldLock.None, RetainedUntil = null }, cancellationToken).ConfigureAwait(false);
            written.Add(BackupHolds.KeyOf(key));
        }
        catch (ObjectExistsException)
        {
            reporter.Verbose($"{key} is held at {target.DisplayName} already.");
        }
    }

    // Retention, or another run that failed, may have removed an object since it was found there.
    private async Task RequireAllAsync(CopySource backup, CancellationToken cancellationToken)
    {
        foreach (var item in backup.Object)
        {
            if ((await target.FindAsync(item.Key, cancellationToken).ConfigureAwait(false))?.HasSize(item.Size) != true)
            {
                throw new StoreFailedException("Copy", item.Key, $"it was removed from {target.DisplayName} while the backup was copied.");
            }
        }
    }

    private async Task WriteManifestAsync(CopySource backup, byte[] manifest, List<string> written, CancellationToken cancellationToken)
    {
        var key = BackupKey.ManifestOf(backup.Key);
        try
        {
            var upload = await target.BeginUploadAsync(key, SmallObject, cancellationToken).ConfigureAwait(false);
            await using (upload.ConfigureAwait(false))
            {
                await upload.WriteAsync(manifest, cancellationToken).ConfigureAwait(false);
                // It may be there although the answer was lost, and no manifest may stay without its objects.
                written.Insert(0, key);
                await upload.CompleteAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (ObjectExistsException)
        {
            written.Remove(key);
            await HasSameManifestAsync(backup, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task DeleteAsync(string backup, List<string> keys, bool hadManifest)
    {
        using var timeout = new CancellationTokenSource(CleanupTimeout, time);
        try
        {
            var manifest = BackupKey.ManifestOf(backup);
            if (keys.Count == 0 || (!hadManifest && !keys.Contains(manifest) && await target.FindAsync(manifest, timeout.Token).ConfigureAwait(false) is not null))
            {
                // Another run has completed the copy with what this one has put there.
                return;
            }

            foreach (var key in keys)
            {
                await target.DeleteAsync(key, timeout.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is BackupException or OperationCanceledException)
        {
            reporter.Warning($"The unfinished copy {string.Join(", ", keys)} could not be removed from {target.DisplayName}; the next run uses or names it. {exception.Message}");
        }
    }

    private CopyConflictException Conflict(string key, string difference, Exception? cause = null) => new(key, source.DisplayName, target.DisplayName, difference, cause);
}
