using System.Globalization;
using System.Management.Automation.Host;

namespace Traf3li.Backup.Hosting;

/// <summary>A host on this process's console.</summary>
public sealed class ConsoleHost : PSHost
{
    /// <inheritdoc />
    public override string Name => "Traf3li.Backup.Host";

    /// <inheritdoc />
    public override Version Version { get; } = new(1, 0);

    /// <inheritdoc />
    public override Guid InstanceId { get; } = Guid.NewGuid();

    /// <inheritdoc />
    public override CultureInfo CurrentCulture { get; } = CultureInfo.CurrentCulture;

    /// <inheritdoc />
    public override CultureInfo CurrentUICulture { get; } = CultureInfo.GetCultureInfo("en-US");

    /// <inheritdoc />
    public override PSHostUserInterface UI => ConsoleUI;

    /// <summary>The console itself.</summary>
    internal ConsoleUI ConsoleUI { get; } = new();

    /// <summary>The code of the script's exit statement; null when it had none.</summary>
    public int? ExitCode { get; private set; }

    /// <inheritdoc />
    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    /// <inheritdoc />
    public override void EnterNestedPrompt() => throw new NotSupportedException("This host has no nested prompt.");

    /// <inheritdoc />
    public override void ExitNestedPrompt() => throw new NotSupportedException("This host has no nested prompt.");

    /// <inheritdoc />
    public override void NotifyBeginApplication() => ConsoleUI.EndProgress();

    /// <inheritdoc />
    public override void NotifyEndApplication()
    {
    }
}
