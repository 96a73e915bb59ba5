namespace Traf3li.Backup.Testing.Servers;

/// <summary>
/// A developer's own S3 server: <c>TRAF3LI_TEST_S3</c> holds a destination (<c>s3://bucket/prefix?endpoint=…</c>), AWS_ACCESS_KEY_ID and
/// AWS_SECRET_ACCESS_KEY its keys.
/// </summary>
public sealed class SuppliedS3Server : S3TestServer
{
    private SuppliedS3Server(string destination) => Destination = destination;

    /// <inheritdoc />
    public override string Destination { get; }

    /// <inheritdoc />
    public override string AccessKeyId => Environment.GetEnvironmentVariable("AWS_ACCESS_KEY_ID") ?? "";

    /// <inheritdoc />
    public override string SecretAccessKey => Environment.GetEnvironmentVariable("AWS_SECRET_ACCESS_KEY") ?? "";

    /// <summary>The server, when the variable is set.</summary>
    public static SuppliedS3Server? Find() =>
        Environment.GetEnvironmentVariable("TRAF3LI_TEST_S3") is { Length: > 0 } destination ? new SuppliedS3Server(destination) : null;

    /// <inheritdoc />
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
