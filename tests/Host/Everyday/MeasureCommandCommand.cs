using System.Diagnostics;
using System.Management.Automation;

namespace Traf3li.Backup.Hosting;

/// <summary>Measure-Command: how long a script block takes; its output is dropped.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "Command")]
[OutputType(typeof(TimeSpan))]
public sealed class MeasureCommandCommand : PSCmdlet
{
    /// <summary>The script block, run in the caller's scope.</summary>
    [Parameter(Position = 0, Mandatory = true)]
    public ScriptBlock? Expression { get; set; }

    /// <inheritdoc />
    protected override void EndProcessing()
    {
        var watch = Stopwatch.StartNew();
        InvokeCommand.InvokeScript(useLocalScope: false, Expression!, input: null, args: null);
        WriteObject(watch.Elapsed);
    }
}
