using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Traf3li.Backup.Completion;

/// <summary>Completes names of health checks whose warnings can be accepted.</summary>
public sealed class AcceptableCheckCompleter : IArgumentCompleter
{
    private static readonly string[] Names =
        ["Versioning", "PublicAccess", "Encryption", "Lifecycle", "ServerReachable", "ServerRights", "OplogWindow", "NotificationChannel"];

    /// <inheritdoc />
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Names.Where(name => name.StartsWith(wordToComplete ?? "", StringComparison.OrdinalIgnoreCase)).Select(name => new CompletionResult(name));
}
