namespace Traf3li.Backup.Engine.Notifications.Messages;

/// <summary>What is told, before a channel gives it its form. All text is of one line and without control characters, but may hold any sign of markup.</summary>
internal sealed record NotificationMessage
{
    /// <summary>Tells this message from others; the same in every attempt to send it.</summary>
    public required string Id { get; init; }

    /// <summary>Why it is sent.</summary>
    public required NotificationKind Kind { get; init; }

    /// <summary>How bad it is.</summary>
    public required Severity Severity { get; init; }

    /// <summary>What happened, for the subject of a mail.</summary>
    public required string Subject { get; init; }

    /// <summary>What happened, in a sentence or two.</summary>
    public required string Summary { get; init; }

    /// <summary>What to do, in sentences; empty where nothing is to be done.</summary>
    public string Advice { get; init; } = "";

    /// <summary>A command of this module that helps; null for none.</summary>
    public string? Command { get; init; }

    /// <summary>What is to be known besides, in sentences.</summary>
    public IReadOnlyList<string> Warning { get; init; } = [];

    /// <summary>The facts of the run, in order.</summary>
    public IReadOnlyList<Fact> Fact { get; init; } = [];

    /// <summary>The run.</summary>
    public required RunRecord Run { get; init; }
}
