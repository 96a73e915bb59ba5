using System.Management.Automation;
using System.Text;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace Traf3li.Backup.Hosting;

/// <summary>Out-File on PowerShell's own formatter; the engine also calls it for <c>&gt; file</c>. Writes UTF-8 without a mark.</summary>
[Cmdlet(VerbsData.Out, "File")]
public sealed class OutFileCommand : FrontEndCommandBase
{
    private readonly object _worker;
    private StreamWriter? _file;

    /// <summary>Creates the cmdlet.</summary>
    public OutFileCommand() => _worker = FormatEngine.Render(this);

    /// <summary>The file.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("Path", "LiteralPath")]
    public string FilePath { get; set; } = "";

    /// <summary>Only utf8, the default of PowerShell 7.</summary>
    [Parameter(Position = 1)]
    [ValidateSet("utf8", "utf8NoBOM", "unicode")]
    public string Encoding { get; set; } = "utf8";

    /// <summary>Adds to the file.</summary>
    [Parameter]
    public SwitchParameter Append { get; set; }

    /// <summary>Replaces a read-only file.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Columns of a line.</summary>
    [Parameter]
    [ValidateRange(2, int.MaxValue)]
    public int Width { get; set; } = int.MaxValue - 1;

    /// <inheritdoc />
    protected override void BeginProcessing()
    {
        var path = SessionState.Path.GetUnresolvedProviderPathFromPSPath(FilePath);
        _file = new StreamWriter(path, Append, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        FormatEngine.SendTo(_worker, _file, Width);
        base.BeginProcessing();
    }

    /// <inheritdoc />
    protected override void EndProcessing()
    {
        base.EndProcessing();
        _file?.Dispose();
    }

    /// <inheritdoc />
    protected override void InternalDispose()
    {
        base.InternalDispose();
        _file?.Dispose();
    }
}
