namespace Traf3li.Backup;

/// <summary>What a restore does to one namespace.</summary>
public enum RestoreActionKind
{
    /// <summary>The target has no such namespace.</summary>
    Create,

    /// <summary>The live namespace is replaced.</summary>
    Replace,

    /// <summary>Documents of the backup are added to the live namespace; those that exist stay.</summary>
    Merge,

    /// <summary>The live namespace is not in the backup and is dropped, so that the database equals the backup.</summary>
    Drop,

    /// <summary>The live namespace stays as it is.</summary>
    Keep,
}
