using System.Diagnostics;

namespace Traf3li.Backup.Testing;

/// <summary>An explicit test of a test assembly, run in a process of its own: to be killed in the middle, or with an environment of its own.</summary>
public static class ChildTest
{
    /// <summary>The file that the child makes in its folder when it may be killed.</summary>
    private const string ReadyFile = "the child may be killed";
    private const string FolderVariable = "TRAF3LI_TEST_CHILD_FOLDER";

    /// <summary>In the child: the folder that it shares with its parent; skips a test that is not run as a child.</summary>
    public static string Folder
    {
        get
        {
            var folder = Environment.GetEnvironmentVariable(FolderVariable);
            if (folder is null)
            {
                Assert.Skip("Only the test that kills it runs it.");
            }

            return folder;
        }
    }

    /// <summary>In the child: says that it may be killed, and waits for that.</summary>
    public static async Task WaitToBeKilledAsync(CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(Path.Join(Folder, ReadyFile), "", cancellationToken);
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
    }

    /// <summary>Runs the test with these environment variables to its end; it has to pass.</summary>
    public static async Task RunAsync(Type type, string method, string folder, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var start = Prepare(type, method, folder, environment);
        start.RedirectStandardOutput = true;
        using var child = Process.Start(start)!;
        try
        {
            var output = await child.StandardOutput.ReadToEndAsync(cancellationToken);
            await child.WaitForExitAsync(cancellationToken);
            Assert.True(child.ExitCode == 0, output);
        }
        finally
        {
            child.Kill();
        }
    }

    /// <summary>Runs the test, waits until it may be killed, and kills it (SIGKILL).</summary>
    public static async Task RunAndKillAsync(Type type, string method, string folder, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var start = Prepare(type, method, folder, environment);
        var ready = new TaskCompletionSource();
        using var watcher = new FileSystemWatcher(folder, ReadyFile);
        watcher.Created += (_, _) => ready.TrySetResult();
        watcher.EnableRaisingEvents = true;
        using var child = Process.Start(start)!;
        try
        {
            var ended = child.WaitForExitAsync(cancellationToken);
            Assert.True(await Task.WhenAny(ready.Task, ended) == ready.Task, "The child ended before it could be killed.");
        }
        finally
        {
            child.Kill();
            await child.WaitForExitAsync(CancellationToken.None);
            File.Delete(Path.Join(folder, ReadyFile));
        }
    }

    private static ProcessStartInfo Prepare(Type type, string method, string folder, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("dotnet", [type.Assembly.Location, "-explicit", "only", "-method", $"{type.FullName}.{method}", "-noColor"]) { UseShellExecute = false };
        start.Environment[FolderVariable] = folder;
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }
}
