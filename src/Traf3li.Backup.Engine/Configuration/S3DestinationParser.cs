namespace Traf3li.Backup.Engine.Configuration;

/// <summary>Understands <c>s3://bucket/prefix?name=value&amp;…</c>.</summary>
internal static class S3DestinationParser
{
    private const string Known = "endpoint, region, pathStyle, sse, kmsKeyId, storageClass, tag.NAME, profile, checksum";

    /// <summary>Parses the URI.</summary>
    /// <exception cref="FormatException">It is wrong; the message says how, without any secret.</exception>
    public static S3Destination Parse(string text)
    {
        var rest = text["s3://".Length..];
        if (rest.Contains('#', StringComparison.Ordinal))
        {
            throw new FormatException("has a fragment; write # as %23");
        }

        var question = rest.IndexOf('?', StringComparison.Ordinal);
        var location = question < 0 ? rest : rest[..question];
        var slash = location.IndexOf('/', StringComparison.Ordinal);
        var bucket = slash < 0 ? location : location[..slash];
        if (bucket.Contains('@', StringComparison.Ordinal) || (bucket.Contains(':', StringComparison.Ordinal) && location.Contains('@', StringComparison.Ordinal)))
        {
            throw new FormatException("holds credentials, which would end up in logs and manifests; give them with -DestinationCredential, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
        }

        RequireBucket(bucket);
        var prefix = slash < 0 ? "" : Uri.UnescapeDataString(location[(slash + 1)..]).Trim('/');
        if (prefix.Split('/').Any(part => part is "." or "..") || prefix.Any(char.IsControl))
        {
            throw new FormatException("has a prefix with a '.' or '..' part or a control character");
        }

        var destination = new S3Destination { Bucket = bucket, Prefix = prefix.Length == 0 ? "" : prefix + "/", Text = text };
        return question < 0 ? destination : WithParameters(destination, rest[(question + 1)..]);
    }

    private static S3Destination WithParameters(S3Destination destination, string query)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = Uri.UnescapeDataString(equals < 0 ? pair : pair[..equals]);
            var value = equals < 0 ? "" : Uri.UnescapeDataString(pair[(equals + 1)..]);
            if (!seen.Add(name))
            {
                throw new FormatException($"gives the parameter {name} twice");
            }

            if (name.StartsWith("tag.", StringComparison.OrdinalIgnoreCase) && name.Length > 4)
            {
                tags[name[4..]] = value;
                continue;
            }

            destination = name.ToUpperInvariant() switch
            {
                "ENDPOINT" => destination with { Endpoint = Endpoint(value) },
                "REGION" => destination with { Region = Filled(name, value) },
                "PATHSTYLE" => destination with { PathStyle = value.Length == 0 || SettingParsers.Boolean(value) },
                "SSE" => destination with { ServerSideEncryption = Encryption(value) },
                "KMSKEYID" => destination with { KmsKeyId = Filled(name, value) },
                "STORAGECLASS" => destination with { StorageClass = Filled(name, value) },
                "PROFILE" => destination with { Profile = Filled(name, value) },
                "CHECKSUM" => destination with { Checksum = Checksum(value) },
                _ => throw new FormatException($"has an unknown parameter {name}; known are {Known}"),
            };
        }

        return tags.Count == 0 ? destination : destination with { Tags = tags };
    }

    /// <summary>The algorithm by its S3 name.</summary>
    /// <exception cref="FormatException">S3 has no such algorithm.</exception>
    public static string Encryption(string value) => value.ToUpperInvariant() switch
    {
        "AES256" => "AES256",
        "AWS:KMS" => "aws:kms",
        "NONE" => "none",
        _ => throw new FormatException("names an unknown encryption; known are AES256, aws:kms and none"),
    };

    private static void RequireBucket(string bucket)
    {
        // Old buckets of us-east-1 and other stores allow capitals and underscores.
        if (bucket.Length is < 1 or > 255 || !bucket.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'))
        {
            throw new FormatException("names no valid bucket; write s3://bucket/prefix");
        }
    }

    private static string Filled(string name, string value) => value.Length > 0 ? value : throw new FormatException($"has an empty parameter {name}");

    private static string Checksum(string value) => value.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant() switch
    {
        "WHENREQUIRED" => "WhenRequired",
        "WHENSUPPORTED" => "WhenSupported",
        _ => throw new FormatException("has a wrong parameter checksum; known are WhenRequired and WhenSupported"),
    };

    private static Uri Endpoint(string value)
    {
        var text = value.Contains("://", StringComparison.Ordinal) ? value : "https://" + value;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0 || uri.Query.Length > 0)
        {
            throw new FormatException("has a wrong parameter endpoint; write endpoint=https://host:port");
        }

        return uri.UserInfo.Length == 0
            ? uri
            : throw new FormatException("holds credentials in its endpoint; give them with -DestinationCredential, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
    }
}
