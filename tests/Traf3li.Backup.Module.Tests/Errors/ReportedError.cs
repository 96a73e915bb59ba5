using System.Management.Automation;
using Traf3li.Backup.Module.Tests.Hosting;

namespace Traf3li.Backup.Module.Tests.Errors;

/// <summary>Runs a command that must fail, and looks at all that it said.</summary>
internal static class ReportedError
{
    /// <param name="session">Where to run.</param>
    /// <param name="id">The error's id.</param>
    /// <param name="said">A part of its message.</param>
    /// <param name="advice">A part of its recommendation.</param>
    /// <param name="secret">What may stand nowhere; null when there is no secret.</param>
    /// <param name="script">The command.</param>
    /// <param name="arguments">Its arguments.</param>
    public static void Expect(ModuleSession session, string id, string said, string advice, string? secret, string script, params object[] arguments)
    {
        using var shell = session.Create("$ConfirmPreference = 'None'; $VerbosePreference = 'Continue'; " + script, arguments);
        ErrorRecord? thrown = null;
        try
        {
            shell.Invoke();
        }
        catch (RuntimeException exception)
        {
            thrown = exception.ErrorRecord;
        }

        var error = thrown ?? Assert.Single(shell.Streams.Error);
        Assert.Equal(id, error.FullyQualifiedErrorId.Split(',')[0]);
        Assert.Contains(said, error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.Contains(advice, error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        if (secret is not null)
        {
            var all = string.Join('\n', shell.Streams.Verbose.Select(record => record.Message)
                .Concat(shell.Streams.Warning.Select(record => record.Message))
                .Concat(session.Host.Recorded.Lines)
                .Append(error.ErrorDetails.Message)
                .Append(error.ErrorDetails.RecommendedAction)
                .Append(error.Exception.Message)
                .Append($"{error.TargetObject}"));
            Assert.DoesNotContain(secret, all, StringComparison.Ordinal);
            Assert.DoesNotContain(Uri.EscapeDataString(secret), all, StringComparison.Ordinal);
        }
    }
}
