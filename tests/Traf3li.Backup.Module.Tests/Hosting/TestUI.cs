using System.Collections.Concurrent;
using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace Traf3li.Backup.Module.Tests.Hosting;

/// <summary>Records what is shown and asked; answers a choice with its label's first letter.</summary>
internal sealed class TestUI : PSHostUserInterface
{
    public ConcurrentQueue<string> Lines { get; } = [];

    public ConcurrentQueue<string> Questions { get; } = [];

    public ConcurrentQueue<ProgressRecord> Progress { get; } = [];

    public Queue<char> Answers { get; } = [];

    public override PSHostRawUserInterface RawUI => null!;

    public override string ReadLine() => throw new HostException("No line is expected.");

    public override SecureString ReadLineAsSecureString() => throw new HostException("No secret is expected.");

    public override void Write(string value) => Lines.Enqueue(value);

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Lines.Enqueue(value);

    public override void WriteLine(string value) => Lines.Enqueue(value);

    public override void WriteErrorLine(string value) => Lines.Enqueue(value);

    public override void WriteDebugLine(string message) => Lines.Enqueue(message);

    public override void WriteVerboseLine(string message) => Lines.Enqueue(message);

    public override void WriteWarningLine(string message) => Lines.Enqueue(message);

    public override void WriteProgress(long sourceId, ProgressRecord record) => Progress.Enqueue(record);

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
        throw new HostException("No prompt is expected.");

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        Questions.Enqueue(caption + "\n" + message);
        var answer = Answers.Dequeue();
        return choices.ToList().FindIndex(choice => choice.Label.Contains("&" + answer, StringComparison.OrdinalIgnoreCase));
    }

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        throw new HostException("No credential is expected.");

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) =>
        throw new HostException("No credential is expected.");
}
