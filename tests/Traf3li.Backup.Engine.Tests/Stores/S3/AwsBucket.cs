using System.Collections.Concurrent;
using System.Xml.Linq;
using Traf3li.Backup.Testing.Network;

namespace Traf3li.Backup.Engine.Tests.Stores.S3;

/// <summary>The configuration of one bucket at AWS: what is put is given back, and what is not there is answered as the Amazon S3 API reference documents.</summary>
internal sealed class AwsBucket
{
    private static readonly Dictionary<string, string> Missing = new(StringComparer.Ordinal)
    {
        ["lifecycle"] = "NoSuchLifecycleConfiguration",
        ["encryption"] = "ServerSideEncryptionConfigurationNotFoundError",
        ["publicAccessBlock"] = "NoSuchPublicAccessBlockConfiguration",
        ["policyStatus"] = "NoSuchBucketPolicy",
        ["object-lock"] = "ObjectLockConfigurationNotFoundError",
    };

    // The one object that is written is a question mark, and its ETag the MD5 of that.
    private const string ObjectETag = "\"d1457b72c3fb323a2671125aef3eab5d\"";

    private readonly ConcurrentDictionary<string, string> _settings = new(StringComparer.Ordinal);

    /// <summary>Whether it exists.</summary>
    public bool Exists { get; set; } = true;

    /// <summary>Its settings by the name in the query, such as <c>lifecycle</c>.</summary>
    public IDictionary<string, string> Settings => _settings;

    /// <summary>What it does to a setting that is put; changes nothing by default.</summary>
    public Func<string, string, string> Keep { get; init; } = (_, text) => text;

    /// <summary>What it answers instead, by method and name of the setting; null for its usual answer.</summary>
    public Func<string, string, HttpAnswer?> Refuse { get; init; } = (_, _) => null;

    /// <summary>As new buckets are since April 2023.</summary>
    public static AwsBucket Usual(string lifecycle = "") => new() { Settings = { ["lifecycle"] = lifecycle, ["encryption"] = Encryption, ["publicAccessBlock"] = Blocked } };

    /// <summary>Its lifecycle rules by id.</summary>
    public IReadOnlyDictionary<string, XElement> Rules =>
        XDocument.Parse(_settings["lifecycle"]).Root!.Elements().Where(item => item.Name.LocalName == "Rule").ToDictionary(rule => rule.Elements().Single(item => item.Name.LocalName == "ID").Value, StringComparer.Ordinal);

    /// <summary>Answers.</summary>
    public HttpAnswer Answer(HttpRequestRecord request)
    {
        var parts = request.Target.Split('?');
        var name = parts.Length > 1 ? parts[1].Split('&')[0].TrimEnd('=') : "";
        if (parts[0] != "/")
        {
            return AnswerObject(request);
        }

        if (Refuse(request.Method, name) is { } refusal)
        {
            return refusal;
        }

        if (request.Method == "PUT" && name.Length == 0)
        {
            Exists = true;
            _settings["encryption"] = Encryption;
            _settings["publicAccessBlock"] = Blocked;
            return new HttpAnswer(200, "", ("Location", "/bucket"));
        }

        if (!Exists)
        {
            return new HttpAnswer(404, LocalAws.Error("NoSuchBucket", "The specified bucket does not exist"));
        }

        switch (request.Method)
        {
            case "PUT":
                _settings[name] = Keep(name, Unframe(request.Text));
                return new HttpAnswer(200);
            case "DELETE":
                _settings.TryRemove(name, out _);
                return new HttpAnswer(204);
            default:
                return _settings.GetValueOrDefault(name) is { Length: > 0 } text ? new HttpAnswer(200, text)
                    : Missing.TryGetValue(name, out var code) ? new HttpAnswer(404, LocalAws.Error(code, "It does not exist"))
                    : new HttpAnswer(200, """<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>""");
        }
    }

    private static string Encryption =>
        """<ServerSideEncryptionConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>""";

    private static string Blocked =>
        """<PublicAccessBlockConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>""";

    private static HttpAnswer AnswerObject(HttpRequestRecord request) => request.Method switch
    {
        "HEAD" => new HttpAnswer(200, "?", ("ETag", ObjectETag), ("Last-Modified", "Mon, 23 Nov 2026 12:00:00 GMT")),
        "DELETE" => new HttpAnswer(204),
        _ => new HttpAnswer(200, "", ("ETag", ObjectETag)),
    };

    // A body with a checksum behind it comes in chunks.
    private static string Unframe(string text) => text[text.IndexOf('<', StringComparison.Ordinal)..(text.LastIndexOf('>') + 1)];
}
