using System.Diagnostics;
using System.Globalization;

namespace Traf3li.Backup.Engine.Stores.FileSystem;

/// <summary>
/// The name of a file that is being written: <c>.traf3li-upload~{host}~{pid}~{process start}~{begun}~{random}</c>, times as hexadecimal UTC ticks.
/// It tells who writes, so that what a killed run left can be told from what is being written now.
/// </summary>
/// <param name="Host">The writer's machine.</param>
/// <param name="ProcessId">The writer's process there.</param>
/// <param name="ProcessStart">When that process was started, UTC; process ids are used again.</param>
/// <param name="BegunAt">When the file was begun, UTC.</param>
internal sealed record TemporaryFileName(string Host, int ProcessId, DateTime ProcessStart, DateTime BegunAt)
{
    /// <summary>What every such name begins with.</summary>
    public const string Lead = ".traf3li-upload~";
    private const int LongestHost = 64;
    private static readonly TimeSpan StartTolerance = TimeSpan.FromSeconds(2);

    /// <summary>Whether a file of this name is one that is being written or was left by a killed run.</summary>
    public static bool IsTemporary(string fileName) => fileName.StartsWith(Lead, StringComparison.OrdinalIgnoreCase);

    /// <summary>A new name for this process.</summary>
    public static string Create(TimeProvider time)
    {
        using var process = Process.GetCurrentProcess();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Lead}{ThisHost()}~{process.Id}~{process.StartTime.ToUniversalTime().Ticks:x}~{time.GetUtcNow().UtcTicks:x}~{Guid.NewGuid():N}");
    }

    /// <summary>Understands a name; null when it is none of ours.</summary>
    public static TemporaryFileName? TryParse(string fileName)
    {
        if (!IsTemporary(fileName))
        {
            return null;
        }

        return fileName[Lead.Length..].Split('~') is [var host, var pid, var start, var begun, _]
            && int.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out var processId)
            && Ticks(start) is { } startedAt && Ticks(begun) is { } begunAt
            ? new TemporaryFileName(host, processId, startedAt, begunAt)
            : null;
    }

    /// <summary>Whether the writer is a process of this machine that still runs. Of other machines nothing is known: false.</summary>
    public bool IsOwnerRunning()
    {
        if (!Host.Equals(ThisHost(), StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        try
        {
            using var process = Process.GetProcessById(ProcessId);
            return !process.HasExited && (process.StartTime.ToUniversalTime() - ProcessStart).Duration() < StartTolerance;
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It ended meanwhile, or it belongs to someone else and cannot be asked: then rather leave the file.
            return error is System.ComponentModel.Win32Exception;
        }
    }

    private static DateTime? Ticks(string text) =>
        long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var ticks) && ticks >= 0 && ticks <= DateTime.MaxValue.Ticks
            ? new DateTime(ticks, DateTimeKind.Utc)
            : null;

    private static string ThisHost()
    {
        var host = new string([.. Environment.MachineName.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' ? c : '_')]);
        return host.Length <= LongestHost ? host : host[..LongestHost];
    }
}
