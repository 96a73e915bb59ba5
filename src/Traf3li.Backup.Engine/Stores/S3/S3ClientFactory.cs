using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.S3;
using Traf3li.Backup.Engine.Configuration;

namespace Traf3li.Backup.Engine.Stores.S3;

/// <summary>Makes the SDK's client from a destination and settings.</summary>
internal static class S3ClientFactory
{
    private const string FallbackRegion = "us-east-1";

    /// <summary>
    /// Keys: -DestinationCredential, then AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (.env included), then a profile, then the SDK's own chain
    /// down to the machine's role. Region: the URI, AWS_REGION, AWS_DEFAULT_REGION, the profile. At a custom endpoint the bucket is part of the
    /// path and checksums are sent only where S3 demands them, because many stores know neither of the newer ways.
    /// </summary>
    /// <param name="destination">The bucket.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="prepare">Changes how connections are made: tests lead those to AWS elsewhere.</param>
    /// <exception cref="ConfigurationInvalidException">Half of a key pair is set, or there is no such profile.</exception>
    public static AmazonS3Client Create(S3Destination destination, EngineSettings settings, Action<SocketsHttpHandler>? prepare = null)
    {
        var profile = Profile(destination, settings);
        var region = destination.Region ?? settings.Find(KnownSettings.Region) ?? settings.Find(KnownSettings.DefaultRegion) ?? profile?.Region?.SystemName ?? FallbackRegion;
        var isCustom = destination.Endpoint is not null;
        var config = new AmazonS3Config
        {
            ForcePathStyle = destination.PathStyle ?? isCustom,
            RequestChecksumCalculation = destination.UsesChecksums ? RequestChecksumCalculation.WHEN_SUPPORTED : RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = destination.UsesChecksums ? ResponseChecksumValidation.WHEN_SUPPORTED : ResponseChecksumValidation.WHEN_REQUIRED,
            // All retries are ours: bounded by one budget, and reported.
            MaxErrorRetry = 0,
            MaxStaleConnectionRetries = 0,
            Timeout = Timeout.InfiniteTimeSpan,
            DisableLogging = true,
            HttpClientFactory = new S3HttpClientFactory(prepare),
        };
        if (isCustom)
        {
            config.ServiceURL = destination.Endpoint!.ToString();
            config.AuthenticationRegion = region;
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }

        var credentials = Keys(settings) ?? profile?.GetAWSCredentials(new CredentialProfileStoreChain());
        return credentials is null ? new AmazonS3Client(config) : new AmazonS3Client(credentials, config);
    }

    /// <summary>Who will call, without any secret; null for the machine's own role.</summary>
    public static string? LoginOf(S3Destination destination, EngineSettings settings) =>
        settings.Find(KnownSettings.AccessKeyId) ?? ((destination.Profile ?? settings.Find(KnownSettings.Profile)) is { } profile ? $"profile {profile}" : null);

    private static AWSCredentials? Keys(EngineSettings settings)
    {
        var id = settings.Find(KnownSettings.AccessKeyId);
        var secret = settings.Find(KnownSettings.SecretAccessKey);
        if (id is null && secret is null)
        {
            return null;
        }

        if (id is null || secret is null)
        {
            var missing = id is null ? KnownSettings.AccessKeyId.Name : KnownSettings.SecretAccessKey.Name;
            throw new ConfigurationInvalidException(missing, "it is not set, although the other half of the key pair is.", "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY both, or neither, or use -DestinationCredential.");
        }

        return settings.Find(KnownSettings.SessionToken) is { } token ? new SessionAWSCredentials(id, secret, token) : new BasicAWSCredentials(id, secret);
    }

    private static CredentialProfile? Profile(S3Destination destination, EngineSettings settings)
    {
        var name = destination.Profile ?? settings.Find(KnownSettings.Profile);
        if (name is null)
        {
            return null;
        }

        return new CredentialProfileStoreChain().TryGetProfile(name, out var profile)
            ? profile
            : throw new ConfigurationInvalidException(KnownSettings.Profile.Name, $"there is no profile {name}.", "Correct AWS_PROFILE or ?profile= of the destination; profiles are in ~/.aws/config and ~/.aws/credentials.");
    }
}
