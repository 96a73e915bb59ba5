using System.Management.Automation;
using Traf3li.Backup.Parameters;

namespace Traf3li.Backup.Commands;

/// <summary>What the cmdlets share that do something and are remembered.</summary>
public abstract class RunCommand : EngineCommand
{
    /// <summary>How long a lock that another run holds is waited for.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? WaitForLock { get; set; }

    /// <summary>Of which runs is told.</summary>
    [Parameter]
    public NotificationPolicy? Notify { get; set; }
}
