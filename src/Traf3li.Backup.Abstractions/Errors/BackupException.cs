namespace Traf3li.Backup;

/// <summary>
/// An error that a user can understand and mend. Its message names the thing and the reason; <see cref="Recommendation" /> is the
/// way out. Neither ever holds a secret.
/// </summary>
public abstract class BackupException : Exception
{
    /// <summary>Creates the error.</summary>
    protected BackupException(string errorId, string message, string recommendation, object? target = null, Exception? innerException = null)
        : base(message, innerException)
    {
        ErrorId = errorId;
        Recommendation = recommendation;
        Target = target;
    }

    /// <summary>The permanent id that scripts may rely on.</summary>
    public string ErrorId { get; }

    /// <summary>What to do about it.</summary>
    public string Recommendation { get; private set; }

    /// <summary>Adds a sentence to what to do about it.</summary>
    public void Recommend(string more) => Recommendation = $"{Recommendation} {more}";

    /// <summary>The thing that it is about: a key, a destination, a namespace, a host.</summary>
    public object? Target { get; }
}
