namespace Traf3li.Backup;

/// <summary>An object that was to be replaced in the version that was read has another by now, or is gone.</summary>
public sealed class ObjectChangedException : BackupException
{
    /// <summary>Creates the error.</summary>
    public ObjectChangedException(string key, Exception? innerException = null)
        : base("ObjectChanged", $"The object {key} was changed by another run meanwhile and is not overwritten.", "Run the command again; it begins with what is there now.", key, innerException)
    {
        Key = key;
    }

    /// <summary>The key of the object.</summary>
    public string Key { get; }
}
