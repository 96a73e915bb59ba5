using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using System.Reflection;
using Microsoft.PowerShell;

namespace Traf3li.Backup.Hosting;

/// <summary>Opens runspaces that have PowerShell's own core cmdlets, and stand-ins for the everyday ones that no package carries.</summary>
public static class Session
{
    // PowerShell finds its own cmdlets when the first runspace is opened; one that is opened meanwhile may lack them.
    private static readonly Lock Opening = new();

    /// <summary>A fresh runspace on the host; the caller disposes it.</summary>
    public static Runspace Open(PSHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        PSStyle.Instance.Formatting.TableHeader = "";
        PSStyle.Instance.Formatting.FormatAccent = "";
        Runspace runspace;
        lock (Opening)
        {
            runspace = RunspaceFactory.CreateRunspace(host, CreateState());
            runspace.Open();
        }

        // Without it an exit statement in the script file would only end that script, and its code be lost.
        var context = typeof(Runspace).GetProperty("ExecutionContext", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(runspace)!;
        context.GetType().GetProperty("ScriptCommandProcessorShouldRethrowExit", BindingFlags.Instance | BindingFlags.NonPublic)!.SetValue(context, value: true);
        return runspace;
    }

    /// <summary>PowerShell's default session state, with the everyday commands added where it lacks them.</summary>
    public static InitialSessionState CreateState()
    {
        var state = InitialSessionState.CreateDefault2();
        if (OperatingSystem.IsWindows())
        {
            state.ExecutionPolicy = ExecutionPolicy.Bypass;
        }

        foreach (var type in typeof(Session).Assembly.GetExportedTypes())
        {
            if (type.GetCustomAttribute<CmdletAttribute>() is { } cmdlet)
            {
                state.Commands.Add(new SessionStateCmdletEntry($"{cmdlet.VerbName}-{cmdlet.NounName}", type, helpFileName: null));
            }
        }

        foreach (var function in ReadFunctions())
        {
            state.Commands.Add(new SessionStateFunctionEntry(function.Name, function.Body.Extent.Text[1..^1]));
        }

        return state;
    }

    private static IEnumerable<FunctionDefinitionAst> ReadFunctions()
    {
        using var stream = typeof(Session).Assembly.GetManifestResourceStream("Everyday.ps1")!;
        using var reader = new StreamReader(stream);
        var script = Parser.ParseInput(reader.ReadToEnd(), out _, out var errors);
        return errors.Length == 0
            ? script.EndBlock.Statements.OfType<FunctionDefinitionAst>()
            : throw new ParseException(errors);
    }
}
