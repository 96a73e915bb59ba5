using System.Management.Automation;
using System.Management.Automation.Runspaces;
using Traf3li.Backup.Hosting;

namespace Traf3li.Backup.Module.Tests.Hosting;

/// <summary>A runspace that has imported the assembled module.</summary>
internal sealed class ModuleSession : IDisposable
{
    private readonly Runspace _runspace;

    public ModuleSession()
    {
        _runspace = Session.Open(Host);
        Run("Import-Module $args[0]; Import-Module -Assembly $args[1]", Artifact.Manifest, typeof(ModuleSession).Assembly);
    }

    public TestHost Host { get; } = new();

    /// <summary>Runs the script to its end and gives its output; any error is thrown.</summary>
    public IReadOnlyList<PSObject> Run(string script, params object[] arguments)
    {
        using var shell = Create(script, arguments);
        var output = shell.Invoke();
        return shell.Streams.Error.Count == 0 ? output : throw new InvalidOperationException(shell.Streams.Error[0].ToString());
    }

    /// <summary>Runs the script and gives its output as lines of text.</summary>
    public string Render(string script, params object[] arguments) =>
        string.Concat(Run($"& {{ {script} }} @args | Out-String -Width 160", arguments).Select(item => item.ToString()));

    /// <summary>Runs the script, which must report one error.</summary>
    public ErrorRecord Fail(string script, params object[] arguments)
    {
        using var shell = Create(script, arguments);
        try
        {
            shell.Invoke();
        }
        catch (RuntimeException exception)
        {
            return exception.ErrorRecord;
        }

        return Assert.Single(shell.Streams.Error);
    }

    public PowerShell Create(string script, params object[] arguments)
    {
        var shell = PowerShell.Create(_runspace).AddScript(script);
        foreach (var argument in arguments)
        {
            shell.AddArgument(argument);
        }

        return shell;
    }

    public void Dispose() => _runspace.Dispose();
}
