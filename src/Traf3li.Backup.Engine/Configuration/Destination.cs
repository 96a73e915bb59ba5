namespace Traf3li.Backup.Engine.Configuration;

/// <summary>Where backups are, as the user named it.</summary>
internal abstract record Destination
{
    /// <summary>The destination for messages and manifests. Never holds a secret, and <see cref="Parse" /> understands it.</summary>
    public abstract string DisplayName { get; }

    /// <summary>
    /// Understands <c>s3://bucket/prefix?endpoint=…</c>, <c>file:///folder</c>, <c>file://server/share</c> (Windows) and plain paths, absolute
    /// or relative to <paramref name="workingDirectory" />; <c>~</c> and <c>~/…</c> are the home folder, as everywhere in PowerShell.
    /// </summary>
    /// <exception cref="FormatException">It is none of these; the message says why, without any secret.</exception>
    public static Destination Parse(string text, string workingDirectory)
    {
        var trimmed = text.Trim();
        if (trimmed.Length == 0)
        {
            throw new FormatException("is empty");
        }

        var separator = trimmed.IndexOf("://", StringComparison.Ordinal);
        return (separator < 0 ? "" : trimmed[..separator].ToUpperInvariant()) switch
        {
            "" => new FileSystemDestination(PlainPath(trimmed, workingDirectory)),
            "S3" => S3DestinationParser.Parse(trimmed),
            "FILE" => new FileSystemDestination(FileUri.ToPath(trimmed, OperatingSystem.IsWindows())),
            var scheme => throw new FormatException($"has the scheme {scheme.ToLowerInvariant()}, which is not supported; use a folder, file:///folder or s3://bucket/prefix"),
        };
    }

    /// <summary>Understands a bare bucket name, and, as the Node scripts' users also wrote it, <c>s3://bucket</c>.</summary>
    /// <exception cref="FormatException">It is not a bucket.</exception>
    public static Destination ParseBucket(string text) =>
        S3DestinationParser.Parse(text.Trim().StartsWith("s3://", StringComparison.OrdinalIgnoreCase) ? text.Trim() : "s3://" + text.Trim());

    private static string PlainPath(string text, string workingDirectory)
    {
        var isDrive = text.Length >= 3 && char.IsAsciiLetter(text[0]) && text[1] == ':' && text[2] is '\\' or '/';
        if (!OperatingSystem.IsWindows() && (isDrive || text.StartsWith(@"\\", StringComparison.Ordinal)))
        {
            throw new FormatException("is a Windows path, and this is not Windows");
        }

        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new FormatException("holds a NUL character");
        }

        return Path.GetFullPath(IsInHome(text) ? HomeFolder() + text[1..] : text, workingDirectory);
    }

    private static bool IsInHome(string text) => text is ['~'] or ['~', '/', ..] || (OperatingSystem.IsWindows() && text is ['~', '\\', ..]);

    private static string HomeFolder() => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home
        ? home
        : throw new FormatException("begins with ~, and this user has no home folder");
}
