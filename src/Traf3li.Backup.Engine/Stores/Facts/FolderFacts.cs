namespace Traf3li.Backup.Engine.Stores.Facts;

/// <summary>How a folder is set up.</summary>
internal sealed record FolderFacts
{
    /// <summary>Bytes that can still be written by this user.</summary>
    public required Fact<long> FreeSpace { get; init; }

    /// <summary>Bytes of the whole file system.</summary>
    public required Fact<long> TotalSpace { get; init; }

    /// <summary>The kind of file system as the system names it, such as <c>ext4</c> or <c>NTFS</c>.</summary>
    public Fact<string> FileSystem { get; init; } = Fact.Unknown<string>("It was not asked for.");

    /// <summary>The permissions of the folder; not known on Windows, where access lists decide.</summary>
    public required Fact<UnixFileMode> Permissions { get; init; }

    /// <summary>Whether everybody may list the folder.</summary>
    public Fact<bool> OthersMayRead => With(UnixFileMode.OtherRead);

    /// <summary>Whether everybody may write into the folder.</summary>
    public Fact<bool> OthersMayWrite => With(UnixFileMode.OtherWrite);

    private Fact<bool> With(UnixFileMode right) => Permissions.IsKnown ? Fact.Of(Permissions.Value.HasFlag(right)) : Fact.Unknown<bool>(Permissions.Unknown!);
}
