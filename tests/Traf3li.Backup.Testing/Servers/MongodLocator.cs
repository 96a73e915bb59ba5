namespace Traf3li.Backup.Testing.Servers;

/// <summary>Finds a mongod: TRAF3LI_TEST_MONGOD (a path), then PATH, then the packed servers beside the repository.</summary>
public static class MongodLocator
{
    /// <summary>The command that starts this version: a program and its first arguments; null when there is none.</summary>
    public static IReadOnlyList<string>? Find(string version)
    {
        // A version is only sure with the packed servers; a mongod of the machine stands in for the everyday one.
        if (version == MongoServerOptions.Version6)
        {
            if (Environment.GetEnvironmentVariable("TRAF3LI_TEST_MONGOD") is { Length: > 0 } named)
            {
                return File.Exists(named) ? [named, "--bind_ip", "127.0.0.1"] : null;
            }

            if (FindOnPath("mongod") is { } installed)
            {
                return [installed, "--bind_ip", "127.0.0.1"];
            }
        }

        var needsWine = version.StartsWith("7.", StringComparison.Ordinal);
        return OperatingSystem.IsLinux()
            && SharedFolder.Find("servers/mongod/mongod.sh") is { } script
            && FindOnPath("bash") is { } shell
            && FindOnPath("xz") is not null
            && (!needsWine || FindOnPath("wine") is not null)
                ? [shell, script, version]
                : null;
    }

    /// <summary>Why <see cref="Find" /> found nothing, for the name of a skipped test.</summary>
    public static string MissingReason(string version) =>
        $"no mongod {version}: set TRAF3LI_TEST_MONGOD, put mongod on PATH, or lay the packed servers beside the repository (shared/servers/mongod"
        + (version.StartsWith("7.", StringComparison.Ordinal) ? ", with wine installed)" : ")");

    /// <summary>The full path of a program on PATH; null when there is none.</summary>
    public static string? FindOnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Where(folder => folder.Length > 0)
            .SelectMany(folder => new[] { Path.Combine(folder, name), Path.Combine(folder, name + ".exe") })
            .FirstOrDefault(File.Exists);
}
