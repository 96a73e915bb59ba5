using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Traf3li.Backup.Testing.Servers;

/// <summary>An authority of a test's own and what it vouches for: a server at 127.0.0.1 and a client. Files are PEM.</summary>
public sealed class TestCertificates
{
    /// <summary>Makes them in a folder.</summary>
    public TestCertificates(string folder)
    {
        CaFile = Path.Combine(folder, "ca.crt");
        ServerCertificateFile = Path.Combine(folder, "server.crt");
        ServerKeyFile = Path.Combine(folder, "server.key");
        ClientCertificateFile = Path.Combine(folder, "client.crt");
        ClientKeyFile = Path.Combine(folder, "client.key");

        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=Authority of a test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using var authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        File.WriteAllText(CaFile, authority.ExportCertificatePem());
        Issue(authority, "CN=server", ServerCertificateFile, ServerKeyFile);
        Issue(authority, "CN=client", ClientCertificateFile, ClientKeyFile);
    }

    /// <summary>The authority.</summary>
    public string CaFile { get; }

    /// <summary>The server's certificate, for 127.0.0.1.</summary>
    public string ServerCertificateFile { get; }

    /// <summary>Its key.</summary>
    public string ServerKeyFile { get; }

    /// <summary>The client's certificate.</summary>
    public string ClientCertificateFile { get; }

    /// <summary>Its key.</summary>
    public string ClientKeyFile { get; }

    private static void Issue(X509Certificate2 authority, string name, string certificateFile, string keyFile)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1), RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
    }
}
