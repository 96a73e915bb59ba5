namespace Traf3li.Backup.Testing.Servers;

/// <summary>
/// The unpacked Debian packages of a Ceph release, kept below the temporary folder so that they are downloaded once per machine. Whoever holds
/// the lock may unpack it or run its one server. A second process at the same time gets a copy; a third waits.
/// </summary>
internal sealed class CephInstallation : IDisposable
{
    private readonly FileStream _lock;

    private CephInstallation(string root, string startScript, FileStream heldLock)
    {
        Root = root;
        StartScript = startScript;
        _lock = heldLock;
    }

    /// <summary>The folder to change root into.</summary>
    public string Root { get; }

    /// <summary>The script that starts a server in it.</summary>
    public string StartScript { get; }

    /// <summary>Unpacks the release of a Debian suite, if that was not done yet, and locks it.</summary>
    /// <exception cref="ServerUnavailableException">This machine cannot run it.</exception>
    public static async Task<CephInstallation> OpenAsync(string suite, CancellationToken cancellationToken)
    {
        if (!File.Exists("/etc/debian_version") || !Environment.IsPrivilegedProcess)
        {
            throw new ServerUnavailableException("Ceph is unpacked and started by root on Debian only; set TRAF3LI_TEST_S3 to use a server of your own.");
        }

        var unpack = SharedFolder.Find("servers/unpack-debian.sh");
        var start = SharedFolder.Find("servers/start-ceph.sh");
        if (unpack is null || start is null)
        {
            throw new ServerUnavailableException("The shared folder with servers/unpack-debian.sh and servers/start-ceph.sh is not there; set TRAF3LI_TEST_SHARED, or TRAF3LI_TEST_S3 to use a server of your own.");
        }

        var first = DebianUnpacker.RootOf("ceph-" + suite);
        var second = first + ".2";
        var (root, heldLock) = await DebianUnpacker.LockAsync(() => Directory.Exists(first) ? [first, second] : [first], cancellationToken);
        try
        {
            if (root == second)
            {
                await CopyAsync(first, second);
            }
            else
            {
                string[] packages = ["radosgw", "ceph-mon", "ceph-osd", "libc-bin", "coreutils", "dash"];
                await DebianUnpacker.UnpackAsync(unpack, suite, root, packages, cancellationToken);
            }

            return new CephInstallation(root, start, heldLock);
        }
        catch
        {
            await heldLock.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc />
    public void Dispose() => _lock.Dispose();

    // All but what the server that runs in the first has mounted and written.
    private static async Task CopyAsync(string first, string second)
    {
        if (Directory.Exists(second))
        {
            return;
        }

        var partial = second + ".partial";
        if (Directory.Exists(partial))
        {
            Directory.Delete(partial, recursive: true);
        }

        string[] own = ["proc", "dev", "srv"];
        foreach (var name in own)
        {
            Directory.CreateDirectory(Path.Join(partial, name));
        }

        var others = Directory.GetFileSystemEntries(first).Where(path => !own.Contains(Path.GetFileName(path)));
        if (await ShellCommand.RunAsync("cp", ["-a", .. others, partial]) != 0)
        {
            throw new ServerUnavailableException($"{first} could not be copied to {partial}.");
        }

        Directory.Move(partial, second);
    }
}
