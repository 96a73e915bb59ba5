using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Retries;
using Traf3li.Backup.Engine.Stores.S3;
using Traf3li.Backup.Engine.Tests.Configuration;
using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Network;

namespace Traf3li.Backup.Engine.Tests.Stores.S3;

/// <summary>
/// A bucket at AWS, as far as the engine knows: host names, TLS and settings are those for AWS, and only the connections end at a server of
/// the test, which gives the answers that the Amazon S3 API reference documents.
/// </summary>
internal sealed class LocalAws : IAsyncDisposable
{
    private static readonly RetryOptions QuickRetries = new() { FirstDelay = TimeSpan.FromMilliseconds(5), Budget = TimeSpan.FromSeconds(20) };

    private readonly X509Certificate2 _certificate = CreateCertificate();

    public LocalAws(string destination, Func<HttpRequestRecord, HttpAnswer> answer)
    {
        Server = new AnsweringHttpServer(answer, _certificate);
        var environment = new FakeEnvironment { ["AWS_ACCESS_KEY_ID"] = "AKIDEXAMPLE", ["AWS_SECRET_ACCESS_KEY"] = "a-secret-of-the-test" };
        var settings = SettingsResolver.Resolve(new BackupQuery { WorkingDirectory = Path.GetTempPath(), Destination = destination }, environment);
        var bucket = (S3Destination)settings.Destination;
        var client = new S3Client(bucket, S3ClientFactory.Create(bucket, settings, Prepare), QuickRetries, Reporter, TimeProvider.System);
        Store = new S3Store(client, S3Encryption.Decide(bucket, settings), new S3StoreOptions());
    }

    public AnsweringHttpServer Server { get; }

    public RecordingReporter Reporter { get; } = new();

    public S3Store Store { get; }

    /// <summary>The body of an error, as S3 sends it.</summary>
    public static string Error(string code, string message, string more = "") =>
        $"""<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>{message}</Message>{more}<RequestId>4442587FB7D0A2F9</RequestId><HostId>none</HostId></Error>""";

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        await Server.DisposeAsync();
        _certificate.Dispose();
    }

    private void Prepare(SocketsHttpHandler handler)
    {
        handler.ConnectCallback = async (_, token) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(Server.EndPoint, token);
            return new NetworkStream(socket, ownsSocket: true);
        };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == _certificate.GetCertHashString();
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=amazonaws.com", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
