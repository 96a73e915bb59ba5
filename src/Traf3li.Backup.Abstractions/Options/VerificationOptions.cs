using System.Net;

namespace Traf3li.Backup;

/// <summary>What <c>Test-Traf3liBackup</c> was asked for.</summary>
public sealed record VerificationOptions : RunOptions
{
    /// <summary>The backup.</summary>
    public required BackupInfo Backup { get; init; }

    /// <summary>How far to test.</summary>
    public VerificationDepth Depth { get; init; } = VerificationDepth.Full;

    /// <summary>The scratch server's connection string (depth Restore).</summary>
    public string? ScratchUri { get; init; }

    /// <summary>User and password that replace those of the connection string.</summary>
    public NetworkCredential? ScratchCredential { get; init; }

    /// <summary>Namespaces (<c>db.collection</c> or <c>collection</c>) that must exist and not be empty.</summary>
    public IReadOnlyList<string> CriticalCollection { get; init; } = [];
}
