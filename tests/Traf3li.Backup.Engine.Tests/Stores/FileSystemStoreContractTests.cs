using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Stores;

namespace Traf3li.Backup.Engine.Tests.Stores;

public sealed class FileSystemStoreContractTests : ObjectStoreContract
{
    private readonly TemporaryFolder _folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
    }

    private protected override Task<IObjectStore> OpenEmptyStoreAsync() =>
        Task.FromResult<IObjectStore>(new FileSystemStore(_folder.Path, TimeProvider.System));

    private protected override Task AbandonUploadAsync(string key)
    {
        var folder = Path.GetDirectoryName(Path.Join(_folder.Path, key))!;
        Directory.CreateDirectory(folder);
        return File.WriteAllTextAsync(Path.Join(folder, DeadProcess.TemporaryFileName()), "part", Token);
    }

    private protected override Task<int> CountPartialUploadsAsync() =>
        Task.FromResult(Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).Count(path => TemporaryFileName.TryParse(Path.GetFileName(path)) is not null));
}
