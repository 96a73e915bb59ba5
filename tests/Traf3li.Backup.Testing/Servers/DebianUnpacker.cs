using System.Diagnostics;

namespace Traf3li.Backup.Testing.Servers;

/// <summary>Unpacks Debian packages below the temporary folder without installing them, so that they are downloaded once per machine.</summary>
internal static class DebianUnpacker
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    /// <summary>Where what is unpacked under a name goes.</summary>
    public static string RootOf(string name) => Path.Join(Directory.CreateDirectory(Path.Join(Path.GetTempPath(), "traf3li-test-servers")).FullName, name);

    /// <summary>Waits until no other process holds the lock of a folder.</summary>
    /// <exception cref="ServerUnavailableException">Another one holds it too long.</exception>
    public static async Task<FileStream> LockAsync(string root, CancellationToken cancellationToken) => (await LockAsync(() => [root], cancellationToken)).Lock;

    /// <summary>Waits until one of some folders, which are asked for again each time, is locked by no other process; takes the first such.</summary>
    /// <exception cref="ServerUnavailableException">All are held too long.</exception>
    public static async Task<(string Root, FileStream Lock)> LockAsync(Func<IReadOnlyList<string>> roots, CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (true)
        {
            foreach (var root in roots())
            {
                try
                {
                    return (root, new FileStream(root + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
                }
                catch (IOException error) when (waited.Elapsed > LongestWait)
                {
                    throw new ServerUnavailableException($"Another test process holds {root}.lock.", error);
                }
                catch (IOException)
                {
                    // Held by another.
                }
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    /// <summary>Unpacks packages of a suite into a folder, if that was not done yet; the caller holds the folder's lock.</summary>
    /// <exception cref="ServerUnavailableException">They could not be had.</exception>
    public static async Task UnpackAsync(string script, string suite, string root, IReadOnlyList<string> packages, CancellationToken cancellationToken)
    {
        if (Directory.Exists(root))
        {
            return;
        }

        var partial = root + ".partial";
        foreach (var leftover in new[] { partial, partial + ".apt" }.Where(Directory.Exists))
        {
            Directory.Delete(leftover, recursive: true);
        }

        var log = root + ".log";
        if (await ShellCommand.RunAsync(script, [suite, partial, .. packages], log, cancellationToken) != 0)
        {
            throw new ServerUnavailableException($"{packages[0]} of Debian {suite} could not be downloaded and unpacked; {log} says why.");
        }

        Directory.Delete(partial + ".apt", recursive: true);
        Directory.Move(partial, root);
    }
}
