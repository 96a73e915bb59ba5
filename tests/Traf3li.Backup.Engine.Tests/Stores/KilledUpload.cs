using System.Diagnostics;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Engine.Stores.FileSystem;

namespace Traf3li.Backup.Engine.Tests.Stores;

/// <summary>An upload whose process is killed: this test assembly, run again as a child with one explicit test that waits for its end.</summary>
public sealed class KilledUpload
{
    public const string Key = "killed";
    private const string FolderVariable = "TRAF3LI_TEST_KILLED_UPLOAD";
    private const string Ready = "the child is writing";

    /// <summary>Runs the child until it has written, and kills it.</summary>
    internal static async Task RunAsync(string folder, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            ArgumentList = { typeof(KilledUpload).Assembly.Location, "-explicit", "only", "-method", $"{typeof(KilledUpload).FullName}.{nameof(Writes_until_killed)}", "-noColor" },
            UseShellExecute = false,
        };
        start.Environment[FolderVariable] = folder;
        using var child = Process.Start(start)!;
        using var watcher = new FileSystemWatcher(folder);
        try
        {
            var written = new TaskCompletionSource();
            watcher.Created += (_, change) =>
            {
                if (change.Name == Ready)
                {
                    written.TrySetResult();
                }
            };
            watcher.EnableRaisingEvents = true;
            if (File.Exists(Path.Join(folder, Ready)))
            {
                written.TrySetResult();
            }

            var ended = child.WaitForExitAsync(cancellationToken);
            Assert.Same(written.Task, await Task.WhenAny(written.Task, ended));
        }
        finally
        {
            child.Kill();
            await child.WaitForExitAsync(CancellationToken.None);
            File.Delete(Path.Join(folder, Ready));
        }
    }

    [Fact(Explicit = true)]
    public async Task Writes_until_killed()
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable);
        if (folder is null)
        {
            Assert.Skip("Only the test that kills it runs it.");
        }

        var token = TestContext.Current.CancellationToken;
        await using var store = new FileSystemStore(folder, TimeProvider.System);
        await using var upload = await store.BeginUploadAsync(Key, new UploadOptions(), token);
        await upload.WriteAsync(new byte[100_000], token);
        await File.WriteAllTextAsync(Path.Join(folder, Ready), "", token);
        await Task.Delay(Timeout.InfiniteTimeSpan, token);
    }
}
