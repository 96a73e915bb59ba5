namespace Traf3li.Backup.Engine.Configuration;

/// <summary>Paths from <c>file:</c> URIs (RFC 8089).</summary>
internal static class FileUri
{
    /// <summary>
    /// <c>file:///mnt/a%20b</c> → <c>/mnt/a b</c>; on Windows <c>file:///C:/a</c> → <c>C:\a</c> and <c>file://server/share/a</c> → <c>\\server\share\a</c>.
    /// </summary>
    /// <exception cref="FormatException">The URI names no folder of this machine.</exception>
    public static string ToPath(string uri, bool windows)
    {
        var rest = uri["file://".Length..];
        if (rest.AsSpan().IndexOfAny('?', '#') >= 0)
        {
            throw new FormatException("has a query or fragment, which a file URI cannot have; write ? as %3F and # as %23");
        }

        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var host = slash < 0 ? rest : rest[..slash];
        var path = slash < 0 ? "" : Uri.UnescapeDataString(rest[slash..]);
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new FormatException("names no folder; write file:///folder");
        }

        var isLocal = host.Length == 0 || host.Equals("localhost", StringComparison.OrdinalIgnoreCase);
        if (!windows)
        {
            return isLocal
                ? Path.GetFullPath(path)
                : throw new FormatException($"names the host {host}, which only Windows can reach; mount the share and name its folder, with three slashes: file:///mnt/share");
        }

        var backslashed = path.Replace('/', '\\');
        if (!isLocal)
        {
            return @"\\" + host + backslashed;
        }

        return backslashed.Length >= 3 && char.IsAsciiLetter(backslashed[1]) && backslashed[2] == ':'
            ? backslashed[1..] + (backslashed.Length == 3 ? "\\" : "")
            : throw new FormatException("names no drive; write file:///C:/folder");
    }
}
