namespace Traf3li.Backup.Testing.Servers;

/// <summary>A real S3 server for tests; each test takes a prefix of its own in its bucket.</summary>
public abstract class S3TestServer : IAsyncDisposable
{
    /// <summary>The destination that all of a run lies below, without a trailing slash before its query.</summary>
    public abstract string Destination { get; }

    /// <summary>The access key id.</summary>
    public abstract string AccessKeyId { get; }

    /// <summary>The secret key.</summary>
    public abstract string SecretAccessKey { get; }

    /// <summary>A destination that nothing lies below yet.</summary>
    public string NewDestination()
    {
        var question = Destination.IndexOf('?', StringComparison.Ordinal);
        var location = question < 0 ? Destination : Destination[..question];
        return $"{location.TrimEnd('/')}/{Guid.NewGuid():N}{(question < 0 ? "" : Destination[question..])}";
    }

    /// <inheritdoc />
    public abstract ValueTask DisposeAsync();
}
