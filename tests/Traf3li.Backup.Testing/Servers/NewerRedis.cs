namespace Traf3li.Backup.Testing.Servers;

/// <summary>
/// Servers that are newer than the machine's own: the ones that TRAF3LI_TEST_REDIS8, TRAF3LI_TEST_VALKEY8 and TRAF3LI_TEST_VALKEY name (paths), else
/// those of Debian sid (Redis 8, Valkey 9) and trixie (Valkey 8), which are unpacked once per machine and run by their own loader, as they need
/// their own C library.
/// </summary>
public static class NewerRedis
{
    /// <summary>The path of a Redis 8.</summary>
    /// <exception cref="ServerUnavailableException">There is none.</exception>
    public static Task<string> FindRedisAsync(CancellationToken cancellationToken) => FindAsync("redis-server", "sid", "TRAF3LI_TEST_REDIS8", cancellationToken);

    /// <summary>The path of a Valkey 9.</summary>
    /// <exception cref="ServerUnavailableException">There is none.</exception>
    public static Task<string> FindValkeyAsync(CancellationToken cancellationToken) => FindAsync("valkey-server", "sid", "TRAF3LI_TEST_VALKEY", cancellationToken);

    /// <summary>The path of a Valkey 8.</summary>
    /// <exception cref="ServerUnavailableException">There is none.</exception>
    public static Task<string> FindValkey8Async(CancellationToken cancellationToken) => FindAsync("valkey-server", "trixie", "TRAF3LI_TEST_VALKEY8", cancellationToken);

    private static async Task<string> FindAsync(string package, string suite, string variable, CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } named)
        {
            return File.Exists(named) ? named : throw new ServerUnavailableException($"{variable} names {named}, which is not there.");
        }

        if (OperatingSystem.IsWindows() || !File.Exists("/etc/debian_version") || !Environment.IsPrivilegedProcess || SharedFolder.Find("servers/unpack-debian.sh") is not { } script)
        {
            throw new ServerUnavailableException($"no {package} of Debian {suite}: set {variable}, or run as root on Debian with shared/servers beside the repository");
        }

        var root = DebianUnpacker.RootOf($"{package}-{suite}");
        await using var heldLock = await DebianUnpacker.LockAsync(root, cancellationToken);
        await DebianUnpacker.UnpackAsync(script, suite, root, [package], cancellationToken);
        var launcher = Path.Join(root, "launch");
        if (!File.Exists(launcher))
        {
            var libraries = Directory.GetDirectories(Path.Join(root, "usr", "lib"), "*-linux-gnu").Single();
            var loader = Directory.GetFiles(libraries, "ld-linux-*").Single();
            await File.WriteAllTextAsync(
                launcher, $"#!/bin/sh\nexec {loader} --library-path {libraries} {Path.Join(root, "usr", "bin", package)} \"$@\"\n", cancellationToken);
            File.SetUnixFileMode(launcher, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return launcher;
    }
}
