using System.Globalization;
using System.Management.Automation.Host;

namespace Traf3li.Backup.Module.Tests.Hosting;

/// <summary>A host whose questions are answered by the test, and recorded.</summary>
internal sealed class TestHost : PSHost
{
    public TestUI Recorded { get; } = new();

    public override string Name => "Test";

    public override Version Version { get; } = new(1, 0);

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    public override CultureInfo CurrentUICulture { get; } = CultureInfo.GetCultureInfo("en-US");

    public override PSHostUserInterface UI => Recorded;

    public override void EnterNestedPrompt()
    {
    }

    public override void ExitNestedPrompt()
    {
    }

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }

    public override void SetShouldExit(int exitCode)
    {
    }
}
