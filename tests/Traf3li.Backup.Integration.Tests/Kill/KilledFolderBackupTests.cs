using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Integration.Tests.Mongo;

namespace Traf3li.Backup.Integration.Tests.Kill;

/// <summary>To a folder.</summary>
public sealed class KilledFolderBackupTests(ReplicaSet6 fixture) : KilledBackupTests(fixture), IClassFixture<ReplicaSet6>
{
    private protected override Task<BackupPlace> OpenAsync(string folder) => Task.FromResult(new BackupPlace(
        folder,
        null,
        new FileSystemStore(folder, TimeProvider.System),
        () => Task.FromResult(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Count(path => TemporaryFileName.TryParse(Path.GetFileName(path)) is not null))));
}
