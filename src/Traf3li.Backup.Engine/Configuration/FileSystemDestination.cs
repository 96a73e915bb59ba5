namespace Traf3li.Backup.Engine.Configuration;

/// <summary>A folder.</summary>
/// <param name="Folder">Its full path.</param>
internal sealed record FileSystemDestination(string Folder) : Destination
{
    /// <inheritdoc />
    public override string DisplayName => Folder;
}
