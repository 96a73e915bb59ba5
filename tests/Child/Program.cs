using System.Diagnostics;
using Traf3li.Backup;
using Traf3li.Backup.Engine;
using Traf3li.Backup.Testing.Child;

// The child says "ready", waits for a line, works, and says its peak of resident memory in bytes. Whoever started it may kill it at any time.
Console.WriteLine("ready");
if (Console.ReadLine() is null)
{
    return 1;
}

var engine = new BackupEngine();
var reporter = new ErrorReporter();
var folder = Path.GetTempPath();
switch (args)
{
    case ["backup", var uri, var destination, var compression]:
        var options = new BackupOptions { WorkingDirectory = folder, Uri = uri, Destination = destination, Compression = Enum.Parse<CompressionMethod>(compression) };
        await engine.BackupAsync(options, reporter, CancellationToken.None);
        break;
    case ["redis-backup", var uri, var destination, var method, .. var methods]:
        var redis = new BackupOptions
        {
            WorkingDirectory = folder,
            Source = BackupSource.Redis,
            Uri = uri,
            Destination = destination,
            Method = Enum.Parse<RedisBackupMethod>(method),
            Compression = methods.Length == 0 ? CompressionMethod.None : Enum.Parse<CompressionMethod>(methods[0]),
        };
        await engine.BackupAsync(redis, reporter, CancellationToken.None);
        break;
    case ["restore", var uri, var destination, var key, .. var modes]:
        var restore = new RestoreOptions
        {
            WorkingDirectory = folder,
            Uri = uri,
            Destination = destination,
            Backup = await FindAsync(destination, key),
            InPlace = modes.Contains("InPlace"),
            NoSafetyBackup = true,
        };
        await engine.RestoreAsync(restore, reporter, CancellationToken.None);
        break;
    case ["test", var destination, var key]:
        var verification = new VerificationOptions { WorkingDirectory = folder, Destination = destination, Backup = await FindAsync(destination, key) };
        var result = await engine.TestAsync(verification, reporter, CancellationToken.None);
        if (!result.IsValid)
        {
            throw new InvalidOperationException(string.Join('\n', result.Problem));
        }

        break;
    case ["copy", var destination, var to]:
        var copy = new CopyOptions { WorkingDirectory = folder, Destination = destination, To = to };
        var missing = await engine.ListMissingAsync(copy, reporter, CancellationToken.None);
        await foreach (var copied in engine.CopyAsync(copy with { Key = [.. missing.Select(item => item.Key)] }, reporter, CancellationToken.None))
        {
            if (copied.Failure is { } failure)
            {
                throw failure;
            }
        }

        break;
    case ["remove", var destination]:
        await foreach (var _ in engine.RemoveExpiredAsync(new RetentionOptions { WorkingDirectory = folder, Destination = destination, KeepDaily = 2, Force = true }, reporter, CancellationToken.None))
        {
            // Reading is what lets the removal go on.
        }

        break;
    default:
        throw new InvalidOperationException("The child knows backup, redis-backup, restore, test, copy and remove.");
}

using var self = Process.GetCurrentProcess();
Console.WriteLine(self.PeakWorkingSet64);
return 0;

async Task<BackupInfo> FindAsync(string destination, string key)
{
    await foreach (var backup in engine.ListAsync(new BackupQuery { WorkingDirectory = folder, Destination = destination, Key = [key] }, reporter, CancellationToken.None))
    {
        return backup;
    }

    throw new InvalidOperationException($"There is no backup {key}.");
}
