using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>How TLS is spoken to a server. Files are PEM.</summary>
internal sealed record RedisTls
{
    /// <summary>The authorities that may vouch for the server, instead of the machine's own.</summary>
    public string? CaFile { get; init; }

    /// <summary>The client's certificate, with its intermediates.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>The private key of <see cref="CertificateFile" />; null: it is in the same file.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The name that the server's certificate must bear; null: the host connected to.</summary>
    public string? ServerName { get; init; }

    /// <summary>Takes any certificate, so that whoever sits between can read and change everything.</summary>
    public bool AllowInvalidCertificate { get; init; }

    /// <summary>What the handshake with a host needs.</summary>
    /// <exception cref="ConfigurationInvalidException">A file cannot be used; the message names the option.</exception>
    public SslClientAuthenticationOptions CreateOptions(string host)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = ServerName ?? host };
        if (CertificateFile is not null)
        {
            options.ClientCertificateContext = Load("cert", CertificateFile, LoadClientCertificate);
        }

        if (AllowInvalidCertificate)
        {
#pragma warning disable CA5359 // Only where the user asked for exactly this, by an option that says so.
            options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (CaFile is not null)
        {
            options.CertificateChainPolicy = Load("ca", CaFile, TrustOnly);
        }

        return options;
    }

    private static X509ChainPolicy TrustOnly(string file)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(file);
        return policy.CustomTrustStore.Count > 0 ? policy : throw new CryptographicException("it holds no certificate.");
    }

    private SslStreamCertificateContext LoadClientCertificate(string file)
    {
        var certificate = X509Certificate2.CreateFromPemFile(file, KeyFile ?? file);
        if (OperatingSystem.IsWindows())
        {
            // Schannel takes no key that lives in memory only.
            using var ephemeral = certificate;
#pragma warning disable SYSLIB0057 // X509CertificateLoader is newer than net8.0.
            certificate = new X509Certificate2(ephemeral.Export(X509ContentType.Pkcs12));
#pragma warning restore SYSLIB0057
        }

        var others = new X509Certificate2Collection();
        others.ImportFromPemFile(file);
        return SslStreamCertificateContext.Create(certificate, others, offline: true);
    }

    private static T Load<T>(string option, string file, Func<string, T> load)
    {
        try
        {
            return load(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ConfigurationInvalidException(
                "REDIS_URL",
                $"the file of its option {option} cannot be used ({file}): {exception.Message}",
                "ca names a PEM file of certificates, cert one with the client's certificate, key one with its unencrypted private key.",
                exception);
        }
    }
}
