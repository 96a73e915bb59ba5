using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Runtime.InteropServices;

namespace Traf3li.Backup.Hosting;

/// <summary>Runs a script file on this process's console, as <c>pwsh -File</c> does.</summary>
public static class ScriptRunner
{
    /// <summary>The exit code of a run that the user stopped: 128 + SIGINT.</summary>
    public const int Stopped = 130;

    /// <summary>
    /// Runs the script to its end. The exit code is that of its <c>exit</c> statement, else 1 after a terminating error, else 0.
    /// </summary>
    public static int Run(string scriptPath, IReadOnlyList<string> arguments)
    {
        var host = new ConsoleHost();
        using var runspace = Session.Open(host);
        using var shell = PowerShell.Create(runspace);
        var path = Path.GetFullPath(scriptPath);
        if (!File.Exists(path))
        {
            host.UI.WriteErrorLine($"There is no script {path}.");
            return 2;
        }

        shell.AddCommand(path);
        foreach (var argument in arguments)
        {
            shell.Commands.Commands[0].Parameters.Add(ToParameter(argument));
        }

        // As the console of PowerShell does: errors go through the formatter, in order with the output.
        shell.Commands.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        shell.AddCommand("Out-Default");

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            shell.Invoke();
        }
        catch (PipelineStoppedException)
        {
            return host.ExitCode ?? Stopped;
        }
        catch (RuntimeException exception)
        {
            Show(runspace, host, exception.ErrorRecord);
            return host.ExitCode ?? 1;
        }
        finally
        {
            host.ConsoleUI.EndProgress();
        }

        return host.ExitCode ?? (shell.InvocationStateInfo.State == PSInvocationState.Stopped ? Stopped : 0);

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            shell.BeginStop(callback: null, state: null);
        }
    }

    private static CommandParameter ToParameter(string argument)
    {
        var isName = argument.Length > 1 && argument[0] == '-' && (char.IsLetter(argument[1]) || argument[1] == '_');
        if (!isName)
        {
            return new CommandParameter(null, argument);
        }

        var colon = argument.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? new CommandParameter(argument) : new CommandParameter(argument[1..colon], argument[(colon + 1)..]);
    }

    private static void Show(Runspace runspace, ConsoleHost host, ErrorRecord error)
    {
        using var shell = PowerShell.Create(runspace);
        var text = shell.AddCommand("Out-String").AddParameter("InputObject", error).Invoke<string>();
        host.UI.WriteErrorLine(string.Concat(text).Trim());
    }
}
