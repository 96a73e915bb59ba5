using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Traf3li.Backup.Completion;

/// <summary>Completes environment labels with the usual ones.</summary>
public sealed class EnvironmentCompleter : IArgumentCompleter
{
    private static readonly string[] Labels = ["production", "staging", "test", "development"];

    /// <inheritdoc />
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Labels.Where(label => label.StartsWith(wordToComplete ?? "", StringComparison.OrdinalIgnoreCase)).Select(label => new CompletionResult(label));
}
