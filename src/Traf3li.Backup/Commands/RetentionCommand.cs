using System.Management.Automation;
using Traf3li.Backup.Parameters;

namespace Traf3li.Backup.Commands;

/// <summary>What the cmdlets about retention share: the policy.</summary>
public abstract class RetentionCommand : EngineCommand
{
    /// <summary>How the numbers are read.</summary>
    [Parameter]
    public RetentionScheme Scheme { get; set; } = RetentionScheme.ByType;

    /// <summary>Days kept.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? KeepDaily { get; set; }

    /// <summary>Weeks kept.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? KeepWeekly { get; set; }

    /// <summary>Months kept.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? KeepMonthly { get; set; }

    /// <summary>Years kept.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int? KeepYearly { get; set; }

    /// <summary>The newest good ones kept of each set, whatever their type.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int KeepLast { get; set; }

    /// <summary>The time in which every good one is kept.</summary>
    [Parameter]
    [DurationTransformation(LongestDays = 36_525)]
    public TimeSpan? KeepWithin { get; set; }

    /// <summary>Tags that keep a backup.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] KeepTag { get; set; } = [];

    /// <summary>Lets one run remove more than half of a set.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>The policy as it was given.</summary>
    private protected RetentionOptions ToOptions() => new()
    {
        WorkingDirectory = WorkingDirectory,
        EnvFile = EnvFilePath,
        Destination = DestinationPath,
        DestinationCredential = DestinationLogin,
        Environment = Environment,
        Scheme = Scheme,
        KeepDaily = KeepDaily,
        KeepWeekly = KeepWeekly,
        KeepMonthly = KeepMonthly,
        KeepYearly = KeepYearly,
        KeepLast = KeepLast,
        KeepWithin = KeepWithin,
        KeepTag = KeepTag,
        Force = Force,
    };
}
