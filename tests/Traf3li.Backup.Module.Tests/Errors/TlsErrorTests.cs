using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Traf3li.Backup.Module.Tests.Hosting;
using Traf3li.Backup.Module.Tests.Servers;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Module.Tests.Errors;

/// <summary>TLS to a server without, none to a server with, and a certificate that nobody vouches for.</summary>
[Collection(SharedServerCollection.Name)]
public sealed class TlsErrorTests(MongoFixture mongo) : IDisposable
{
    private const string BackUp = "New-Traf3liBackup -Uri $args[0] -Destination $args[1]";

    private readonly ModuleSession _session = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("traf3li-tls-").FullName;

    [Fact]
    public async Task Tls_to_a_server_without()
    {
        var server = await mongo.GetAsync();
        ReportedError.Expect(
            _session, "TlsFailed", $"127.0.0.1:{server.Port}", "tls=false", null, BackUp, $"mongodb://127.0.0.1:{server.Port}/?tls=true&serverSelectionTimeoutMS=1000", _folder);
    }

    [Fact]
    public async Task No_tls_to_a_server_that_requires_it()
    {
        await using var server = await StartAsync();
        ReportedError.Expect(
            _session, "ServerUnreachable", "tls=true", "Check host and port", null, BackUp,
            $"mongodb://127.0.0.1:{server.Port}/?serverSelectionTimeoutMS=1000", _folder);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for()
    {
        await using var server = await StartAsync();
        ReportedError.Expect(
            _session, "TlsFailed", $"127.0.0.1:{server.Port}", "tlsCAFile", null, BackUp,
            $"mongodb://127.0.0.1:{server.Port}/?tls=true&serverSelectionTimeoutMS=1000", _folder);
    }

    public void Dispose()
    {
        _session.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<MongoServer> StartAsync()
    {
        if (MongodLocator.Find(MongoServerOptions.Version6) is null)
        {
            Assert.Skip(MongodLocator.MissingReason(MongoServerOptions.Version6));
        }

        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var file = Path.Combine(_folder, "server.pem");
        await File.WriteAllTextAsync(file, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
        return await MongoServer.StartAsync(new MongoServerOptions
        {
            ReplicaSet = false,
            Arguments = ["--tlsMode", "requireTLS", "--tlsCertificateKeyFile", file],
        });
    }
}
