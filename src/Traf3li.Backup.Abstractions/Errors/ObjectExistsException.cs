namespace Traf3li.Backup;

/// <summary>An object that must not be overwritten exists.</summary>
public sealed class ObjectExistsException : BackupException
{
    /// <summary>Creates the error.</summary>
    public ObjectExistsException(string key, Exception? innerException = null)
        : base("ObjectExists", $"The object {key} exists already and is not overwritten.", "Run the command again; a new run takes a new key.", key, innerException)
    {
        Key = key;
    }

    /// <summary>The key of the object.</summary>
    public string Key { get; }
}
