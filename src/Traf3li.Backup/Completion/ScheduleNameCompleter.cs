using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace Traf3li.Backup.Completion;

/// <summary>Completes names of schedules.</summary>
public sealed class ScheduleNameCompleter : IArgumentCompleter
{
    private static readonly string[] Names = ["Daily", "Weekly", "Monthly", "Yearly", "Redis", "Oplog"];

    /// <inheritdoc />
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        Names.Where(name => name.StartsWith(wordToComplete, StringComparison.OrdinalIgnoreCase)).Select(name => new CompletionResult(name));
}
