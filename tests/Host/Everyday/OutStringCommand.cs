using System.Management.Automation;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace Traf3li.Backup.Hosting;

/// <summary>Out-String on PowerShell's own formatter.</summary>
[Cmdlet(VerbsData.Out, "String")]
[OutputType(typeof(string))]
public sealed class OutStringCommand : FrontEndCommandBase
{
    private readonly StringWriter _text = new();
    private readonly object _worker;

    /// <summary>Creates the cmdlet.</summary>
    public OutStringCommand() => _worker = FormatEngine.Render(this);

    /// <summary>Columns of a line.</summary>
    [Parameter]
    [ValidateRange(2, int.MaxValue)]
    public int Width { get; set; } = 120;

    /// <summary>Emits each line as a string of its own.</summary>
    [Parameter]
    public SwitchParameter Stream { get; set; }

    /// <inheritdoc />
    protected override void BeginProcessing()
    {
        FormatEngine.SendTo(_worker, _text, Width);
        base.BeginProcessing();
    }

    /// <inheritdoc />
    protected override void EndProcessing()
    {
        base.EndProcessing();
        if (!Stream)
        {
            WriteObject(_text.ToString());
            return;
        }

        using var lines = new StringReader(_text.ToString());
        while (lines.ReadLine() is { } line)
        {
            WriteObject(line);
        }
    }

    /// <inheritdoc />
    protected override void InternalDispose()
    {
        base.InternalDispose();
        _text.Dispose();
    }
}
