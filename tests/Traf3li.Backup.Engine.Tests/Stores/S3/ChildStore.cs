using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Engine.Tests.Stores.S3;

/// <summary>A store that is opened in a process whose environment says where keys come from.</summary>
public sealed class ChildStore
{
    [Fact(Explicit = true)]
    public async Task Looks_at_the_destination()
    {
        var settings = SettingsResolver.Resolve(new BackupQuery { WorkingDirectory = ChildTest.Folder }, new ProcessEnvironment());
        await using var store = await StoreFactory.OpenAsync(settings.Destination, settings, new RecordingReporter(), TimeProvider.System, TestContext.Current.CancellationToken);
        await store.CheckAccessAsync(write: false, TestContext.Current.CancellationToken);
    }
}
