using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Retries;
using Traf3li.Backup.Engine.Stores.FileSystem;
using Traf3li.Backup.Engine.Stores.S3;

namespace Traf3li.Backup.Engine.Stores;

/// <summary>Opens the store of a destination.</summary>
internal static class StoreFactory
{
    /// <summary>Opens the store. Nothing is written and no connection is made before it is used.</summary>
    /// <exception cref="ConfigurationInvalidException">A setting that the store needs is wrong.</exception>
    public static Task<IObjectStore> OpenAsync(
        Destination destination, EngineSettings settings, IEngineReporter reporter, TimeProvider time, CancellationToken cancellationToken, RetryOptions? retries = null)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult<IObjectStore>(destination switch
        {
            FileSystemDestination folder => new FileSystemStore(folder.Folder, time),
            S3Destination bucket => new S3Store(
                new S3Client(bucket, S3ClientFactory.Create(bucket, settings), retries ?? new RetryOptions(), reporter, time) { Login = S3ClientFactory.LoginOf(bucket, settings) },
                S3Encryption.Decide(bucket, settings),
                new S3StoreOptions()),
            _ => throw new ConfigurationInvalidException("Destination", $"{destination.DisplayName} is of a kind that has no store.", "Use a folder or s3://bucket/prefix."),
        });
    }
}
