using System.Management.Automation;

namespace Traf3li.Backup.Hosting;

/// <summary>Start-Sleep, ended by Ctrl+C.</summary>
[Cmdlet(VerbsLifecycle.Start, "Sleep", DefaultParameterSetName = "Seconds")]
public sealed class StartSleepCommand : PSCmdlet, IDisposable
{
    private readonly ManualResetEventSlim _stopped = new();

    /// <summary>How long, in seconds.</summary>
    [Parameter(Position = 0, Mandatory = true, ParameterSetName = "Seconds")]
    public double Seconds { get; set; }

    /// <summary>How long, in milliseconds.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Milliseconds")]
    public int Milliseconds { get; set; }

    /// <inheritdoc />
    protected override void EndProcessing() =>
        _stopped.Wait(ParameterSetName == "Seconds" ? TimeSpan.FromSeconds(Seconds) : TimeSpan.FromMilliseconds(Milliseconds));

    /// <inheritdoc />
    protected override void StopProcessing() => _stopped.Set();

    /// <inheritdoc />
    public void Dispose() => _stopped.Dispose();
}
