using System.Management.Automation;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace Traf3li.Backup.Hosting;

/// <summary>Format-List on PowerShell's own formatter.</summary>
[Cmdlet(VerbsCommon.Format, "List")]
public sealed class FormatListCommand : OuterFormatTableAndListBase
{
    /// <summary>Creates the cmdlet.</summary>
    public FormatListCommand() => FormatEngine.Shape(this, "List");
}
