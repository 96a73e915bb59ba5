using System.Globalization;

namespace Traf3li.Backup;

/// <summary>What became of the request to thaw a backup, which cannot be read yet.</summary>
public sealed record ThawResult
{
    /// <summary>The key of the backup.</summary>
    public required string Key { get; init; }

    /// <summary>Where it is, without any secret.</summary>
    public required string Destination { get; init; }

    /// <summary>Archived where nothing was requested (<c>-WhatIf</c>), Requested, or InProgress where it was requested before.</summary>
    public required ThawStatus Status { get; init; }

    /// <summary>The storage class, or the archive tier of INTELLIGENT_TIERING, that takes longest.</summary>
    public required string StorageClass { get; init; }

    /// <summary>The tier that is asked for.</summary>
    public required ThawTier Tier { get; init; }

    /// <summary>For how many days it can be read then; what was in an archive tier of INTELLIGENT_TIERING stays readable.</summary>
    public required int Days { get; init; }

    /// <summary>How many of its objects cannot be read yet.</summary>
    public required int ObjectCount { get; init; }

    /// <summary>Their bytes.</summary>
    public required long Size { get; init; }

    /// <summary>When to come back, UTC: by then it can be read as a rule. Of a request that is on its way, whose tier is not known, the latest.</summary>
    public required DateTime ReadyBy { get; init; }

    /// <summary>What a script should end with: 3, since nothing was done.</summary>
    public int ExitCode { get; } = 3;

    /// <summary>All of it in a sentence.</summary>
    public string Message
    {
        get
        {
            var what = $"{Key} at {Destination} lies in {StorageClass}";
            var until = ReadyBy.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
            return Status switch
            {
                ThawStatus.Requested => $"{what}. Its thaw was requested ({Tier}, for {Days} days); run the command again after {until}.",
                ThawStatus.InProgress => $"{what}. Its thaw is on its way; run the command again, after {until} at the latest.",
                _ => $"{what}. Its thaw would be requested ({Tier}, for {Days} days), and it could be read by {until}.",
            };
        }
    }

    /// <inheritdoc />
    public override string ToString() => $"{Key} {Status}";
}
