namespace Traf3li.Backup;

/// <summary>A mongodump archive or dump folder outside any destination.</summary>
public sealed record PathQuery : EngineOptions
{
    /// <summary>The full file-system path.</summary>
    public required string Path { get; init; }
}
