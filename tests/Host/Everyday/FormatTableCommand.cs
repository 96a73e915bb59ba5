using System.Management.Automation;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace Traf3li.Backup.Hosting;

/// <summary>Format-Table on PowerShell's own formatter.</summary>
[Cmdlet(VerbsCommon.Format, "Table")]
public sealed class FormatTableCommand : OuterFormatTableBase
{
    /// <summary>Creates the cmdlet.</summary>
    public FormatTableCommand() => FormatEngine.Shape(this, "Table");
}
