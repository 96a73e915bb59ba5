using System.Buffers;

namespace Traf3li.Backup.Engine.Stores.FileSystem;

/// <summary>Names that Windows refuses or changes in silence (Microsoft Learn, "Naming Files, Paths, and Namespaces").</summary>
internal static class WindowsNames
{
    private static readonly SearchValues<char> Refused = SearchValues.Create("\"<>|:*?");
    private static readonly HashSet<string> Devices = new(
        ["CON", "PRN", "AUX", "NUL", .. Enumerable.Range(0, 10).SelectMany(number => new[] { $"COM{number}", $"LPT{number}" })], StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether every part of the key names a file of just that name.</summary>
    public static bool AreAllowed(string key) => key.AsSpan().IndexOfAny(Refused) < 0 && key.Split('/').All(IsAllowed);

    private static bool IsAllowed(string part) => part[^1] is not ('.' or ' ') && !Devices.Contains(part.Split('.')[0].TrimEnd());
}
