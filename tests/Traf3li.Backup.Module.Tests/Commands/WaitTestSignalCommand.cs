using System.Management.Automation;
using Traf3li.Backup.Commands;

namespace Traf3li.Backup.Module.Tests.Commands;

/// <summary>Works until it is told to stop, or beyond.</summary>
[Cmdlet(VerbsLifecycle.Wait, "TestSignal")]
[OutputType(typeof(int))]
public sealed class WaitTestSignalCommand : AsyncPSCmdlet
{
    /// <summary>What the test and the work tell each other.</summary>
    [Parameter(Mandatory = true)]
    public TestSignals? Signals { get; set; }

    /// <summary>Objects to write before waiting.</summary>
    [Parameter]
    public int Count { get; set; }

    /// <summary>Does not listen when told to stop.</summary>
    [Parameter]
    public SwitchParameter Deaf { get; set; }

    /// <inheritdoc />
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        StopGrace = Deaf ? TimeSpan.FromMilliseconds(10) : TimeSpan.FromMinutes(1);
        Reporter.Progress(new ProgressUpdate { Id = 0, Activity = "Waiting" });
        Reporter.Verbose("verbose from the pool");
        Reporter.Warning("warning from the pool");
        for (var number = 0; number < Count; number++)
        {
            await WriteObjectAsync(number);
        }

        Signals!.Started.TrySetResult();
        try
        {
            await Signals.Release.Task.WaitAsync(Deaf ? CancellationToken.None : cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Signals.Stopped.TrySetResult();
            throw;
        }
        finally
        {
            Reporter.Verbose("the last word");
            Signals.Ended.TrySetResult();
        }
    }
}
