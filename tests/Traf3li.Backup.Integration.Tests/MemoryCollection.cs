namespace Traf3li.Backup.Integration.Tests;

/// <summary>Tests that watch the memory of the process run while no others do.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MemoryCollection
{
    public const string Name = "Memory";
}
