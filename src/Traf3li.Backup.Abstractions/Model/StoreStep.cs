namespace Traf3li.Backup;

/// <summary>One step of setting a destination up.</summary>
public sealed record StoreStep
{
    /// <summary>What is set up, such as <c>Versioning</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What became of it.</summary>
    public required StoreStepStatus Status { get; init; }

    /// <summary>How it is now, would be, or why it is not.</summary>
    public required string Detail { get; init; }

    /// <summary>The destination, without any secret.</summary>
    public required string Destination { get; init; }

    /// <inheritdoc />
    public override string ToString() => $"{Name}: {Detail}";
}
