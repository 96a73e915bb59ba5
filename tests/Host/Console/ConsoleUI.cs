using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Internal;
using System.Security;

namespace Traf3li.Backup.Hosting;

/// <summary>
/// The console: output to standard output, errors and progress to standard error. Prompts are answered by lines of standard input;
/// at its end they are refused, so that an unattended run fails instead of waiting.
/// </summary>
internal sealed class ConsoleUI : PSHostUserInterface
{
    private readonly Lock _gate = new();
    private int _progressWidth;

    public override PSHostRawUserInterface RawUI { get; } = new ConsoleRawUI();

    public override bool SupportsVirtualTerminal => !Console.IsOutputRedirected && !Console.IsErrorRedirected;

    public override void Write(string value)
    {
        lock (_gate)
        {
            EraseProgress();
            Console.Out.Write(Fit(value));
        }
    }

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value)
    {
        if (Console.IsOutputRedirected || (int)foregroundColor < 0)
        {
            Write(value);
            return;
        }

        lock (_gate)
        {
            EraseProgress();
            Console.ForegroundColor = foregroundColor;
            Console.Out.Write(value);
            Console.ResetColor();
        }
    }

    public override void WriteLine(string value) => Write(value + Environment.NewLine);

    public override void WriteErrorLine(string value)
    {
        lock (_gate)
        {
            EraseProgress();
            Console.Out.Flush();
            Console.Error.WriteLine(Fit(value));
        }
    }

    public override void WriteDebugLine(string message) => WriteLine("DEBUG: " + message);

    public override void WriteVerboseLine(string message) => WriteLine("VERBOSE: " + message);

    public override void WriteWarningLine(string message) => WriteLine("WARNING: " + message);

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        // Children and redirected output would only be noise on one line.
        if (Console.IsErrorRedirected || record.ParentActivityId >= 0)
        {
            return;
        }

        lock (_gate)
        {
            EraseProgress();
            if (record.RecordType == ProgressRecordType.Processing)
            {
                var percent = record.PercentComplete < 0 ? "" : record.PercentComplete.ToString(CultureInfo.InvariantCulture) + " % ";
                var text = $"{record.Activity}: {percent}{record.StatusDescription}";
                var width = RawUI.BufferSize.Width - 1;
                text = text.Length > width ? text[..width] : text;
                Console.Error.Write(text);
                _progressWidth = text.Length;
            }
        }
    }

    /// <summary>Clears the progress line, if any.</summary>
    public void EndProgress()
    {
        lock (_gate)
        {
            EraseProgress();
        }
    }

    public override string ReadLine() => Console.In.ReadLine() ?? throw Refuse();

    public override SecureString ReadLineAsSecureString()
    {
        var secret = new SecureString();
        if (Console.IsInputRedirected)
        {
            foreach (var character in ReadLine())
            {
                secret.AppendChar(character);
            }

            return secret;
        }

        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace && secret.Length > 0)
            {
                secret.RemoveAt(secret.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar))
            {
                secret.AppendChar(key.KeyChar);
            }
        }

        WriteLine();
        return secret;
    }

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        WriteLine();
        WriteLine(caption);
        WriteLine(message);
        var labels = choices.Select(choice => choice.Label.Replace("&", "", StringComparison.Ordinal)).ToList();
        var keys = choices.Select(choice => HotKey(choice.Label)).ToList();
        while (true)
        {
            var offered = labels.Select((label, index) => $"[{keys[index]}] {label}");
            Write(string.Join("  ", offered) + (defaultChoice >= 0 ? $" (default is \"{keys[defaultChoice]}\"): " : ": "));
            var answer = ReadLine().Trim();
            if (answer.Length == 0 && defaultChoice >= 0)
            {
                return defaultChoice;
            }

            var chosen = keys.FindIndex(key => key.Equals(answer, StringComparison.OrdinalIgnoreCase));
            chosen = chosen >= 0 ? chosen : labels.FindIndex(label => label.Equals(answer, StringComparison.OrdinalIgnoreCase));
            if (chosen >= 0)
            {
                return chosen;
            }
        }
    }

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions)
    {
        WriteLine(caption);
        WriteLine(message);
        var answers = new Dictionary<string, PSObject>(StringComparer.OrdinalIgnoreCase);
        foreach (var field in descriptions)
        {
            Write(field.Name + ": ");
            var isSecret = field.ParameterTypeFullName == typeof(SecureString).FullName;
            answers[field.Name] = PSObject.AsPSObject(isSecret ? ReadLineAsSecureString() : ReadLine());
        }

        return answers;
    }

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) =>
        PromptForCredential(caption, message, userName, targetName, PSCredentialTypes.Default, PSCredentialUIOptions.Default);

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options)
    {
        WriteLine(caption);
        WriteLine(message);
        if (string.IsNullOrEmpty(userName))
        {
            Write("User: ");
            userName = ReadLine();
        }

        Write($"Password for user {userName}: ");
        return new PSCredential(userName, ReadLineAsSecureString());
    }

    private static string HotKey(string label)
    {
        var mark = label.IndexOf('&', StringComparison.Ordinal);
        return mark >= 0 && mark + 1 < label.Length ? label.Substring(mark + 1, 1).ToUpperInvariant() : label;
    }

    private string Fit(string value) => SupportsVirtualTerminal ? value : new StringDecorated(value).ToString(OutputRendering.PlainText);

    private static HostException Refuse() => new("This run is not interactive: standard input has ended, so the prompt has no answer.");

    private void EraseProgress()
    {
        if (_progressWidth > 0)
        {
            Console.Error.Write("\r" + new string(' ', _progressWidth) + "\r");
            _progressWidth = 0;
        }
    }
}
