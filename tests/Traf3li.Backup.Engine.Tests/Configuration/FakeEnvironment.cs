using Traf3li.Backup.Engine.Configuration;

namespace Traf3li.Backup.Engine.Tests.Configuration;

/// <summary>Environment variables that the test sets.</summary>
internal sealed class FakeEnvironment : Dictionary<string, string>, IEnvironment
{
    public FakeEnvironment()
        : base(StringComparer.Ordinal)
    {
    }

    public string? Get(string name) => this.GetValueOrDefault(name);
}
