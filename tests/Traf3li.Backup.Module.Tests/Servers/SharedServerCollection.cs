namespace Traf3li.Backup.Module.Tests.Servers;

/// <summary>Tests that empty and fill the one server run one after another.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SharedServerCollection
{
    public const string Name = "shared server";
}
