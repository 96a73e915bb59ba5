using System.Collections.ObjectModel;
using System.Management.Automation;

namespace Traf3li.Backup.Commands;

/// <summary>Resolves -Path and -LiteralPath through PowerShell's providers.</summary>
internal static class ProviderPaths
{
    /// <summary>Full file-system paths. One that matches nothing is passed on as it would be, for the engine to name it.</summary>
    public static IReadOnlyList<string> Resolve(PathIntrinsics paths, IEnumerable<string> wildcards, IEnumerable<string> literals)
    {
        var resolved = new List<string>();
        foreach (var path in wildcards)
        {
            resolved.AddRange(Expand(paths, path));
        }

        resolved.AddRange(literals.Select(paths.GetUnresolvedProviderPathFromPSPath));
        return resolved;
    }

    private static Collection<string> Expand(PathIntrinsics paths, string path)
    {
        try
        {
            return paths.GetResolvedProviderPathFromPSPath(path, out _);
        }
        catch (ItemNotFoundException)
        {
            return [paths.GetUnresolvedProviderPathFromPSPath(path)];
        }
    }
}
