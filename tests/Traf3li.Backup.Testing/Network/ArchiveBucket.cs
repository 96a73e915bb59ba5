using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;

namespace Traf3li.Backup.Testing.Network;

/// <summary>
/// The bucket "archive" in memory, which answers as the Amazon S3 API reference says of archived storage classes (RestoreObject, HeadObject, GetObject,
/// ListObjectsV2): no S3 server at hand archives anything. Objects of less than a part only.
/// </summary>
public sealed class ArchiveBucket
{
    /// <summary>Its name.</summary>
    public const string Name = "archive";

    private const string ThawedUntil = "Fri, 21 Dec 2035 00:00:00 GMT";

    private readonly ConcurrentDictionary<string, ArchivedObject> _objects = new(StringComparer.Ordinal);

    /// <summary>Whether it says of what is archived that it has no bytes, as Ceph does of what it has moved to another cloud.</summary>
    public bool HidesSizes { get; init; }

    /// <summary>The keys of all objects.</summary>
    public IReadOnlyList<string> Keys => [.. _objects.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The classes of all objects.</summary>
    public IReadOnlyDictionary<string, string> Classes => _objects.ToDictionary(item => item.Key, item => item.Value.Class);

    /// <summary>Puts an object.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="storageClass">Its storage class; of INTELLIGENT_TIERING the archive tier that it is in.</param>
    public void Put(string key, byte[] content, string storageClass = "STANDARD") => _objects[key] = new ArchivedObject(content, storageClass, Requested: null, IsThawed: false);

    /// <summary>Moves an object to a storage class, as a rule of the bucket does.</summary>
    public void Move(string key, string storageClass) => Put(key, _objects[key].Content, storageClass);

    /// <summary>Ends all thaws: what was requested can be read.</summary>
    public void Finish()
    {
        foreach (var (key, item) in _objects.Where(pair => pair.Value.Requested is not null))
        {
            _objects[key] = item.Class.EndsWith("_ACCESS", StringComparison.Ordinal)
                ? new ArchivedObject(item.Content, "INTELLIGENT_TIERING", null, false)
                : item with { Requested = null, IsThawed = true };
        }
    }

    /// <summary>What was requested of an object last: the body of the request; null when nothing was that is not done.</summary>
    public string? RequestedOf(string key) => _objects[key].Requested;

    /// <summary>Answers a request.</summary>
    public HttpAnswer Answer(HttpRequestRecord request)
    {
        var path = Uri.UnescapeDataString(request.Target.Split('?')[0])[1..];
        var query = request.Target.Contains('?', StringComparison.Ordinal) ? request.Target[(request.Target.IndexOf('?', StringComparison.Ordinal) + 1)..] : "";
        var key = path == Name || path.StartsWith(Name + "/", StringComparison.Ordinal) ? path[Name.Length..].TrimStart('/') : path;
        return (request.Method, key) switch
        {
            ("GET", "") when query.Contains("list-type=2", StringComparison.Ordinal) => List(request, query),
            ("GET", "") => Xml(200, "<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>"),
            ("POST", _) when query.StartsWith("uploads", StringComparison.Ordinal) => Xml(200, "<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>"),
            ("POST", _) when query.StartsWith("restore", StringComparison.Ordinal) => Restore(key, request.Text),
            ("PUT", _) => Put(key, request),
            ("DELETE", _) => Delete(key, query),
            ("HEAD" or "GET", _) => Read(key, request),
            _ => Error(501, "NotImplemented", "A header you provided implies functionality that is not implemented."),
        };
    }

    private static HttpAnswer Xml(int status, string body) => new(status, body, ("Content-Type", "application/xml"));

    private static HttpAnswer Error(int status, string code, string message, string more = "") =>
        Xml(status, $"<Error><Code>{code}</Code><Message>{message}</Message>{more}<RequestId>4442587FB7D0A2F9</RequestId></Error>");

    private static string ETag(byte[] content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        hash.AppendData(content);
        return Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant();
    }

    private int SizeOf(ArchivedObject item) => HidesSizes && !item.CanBeRead ? 0 : item.Content.Length;

    private HttpAnswer Put(string key, HttpRequestRecord request)
    {
        var isThere = _objects.TryGetValue(key, out var old);
        if ((request["If-None-Match"] == "*" && isThere) || (request["If-Match"] is { } wanted && wanted.Trim('"') != (isThere ? ETag(old!.Content) : "")))
        {
            return Error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold");
        }

        var content = request["Content-Encoding"] == "aws-chunked" ? Unframe(request.Body) : request.Body;
        Put(key, content, request["x-amz-storage-class"] ?? "STANDARD");
        return new HttpAnswer(200, "", ("ETag", $"\"{ETag(content)}\""));
    }

    private HttpAnswer Delete(string key, string query)
    {
        if (!query.Contains("uploadId", StringComparison.Ordinal))
        {
            _objects.TryRemove(key, out _);
        }

        return new HttpAnswer(204);
    }

    private HttpAnswer Read(string key, HttpRequestRecord request)
    {
        if (!_objects.TryGetValue(key, out var item))
        {
            return Error(404, "NoSuchKey", "The specified key does not exist.");
        }

        if (request.Method == "GET" && !item.CanBeRead)
        {
            return Error(403, "InvalidObjectState", "The operation is not valid for the object's storage class", item.IsTier
                ? $"<StorageClass>INTELLIGENT_TIERING</StorageClass><AccessTier>{item.Class}</AccessTier>"
                : $"<StorageClass>{item.Class}</StorageClass>");
        }

        List<(string, string)> headers = [("ETag", $"\"{ETag(item.Content)}\""), ("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT"), .. item.Headers(ThawedUntil)];
        if (request.Method == "HEAD")
        {
            return new HttpAnswer(200, "", [.. headers, ("Content-Length", $"{SizeOf(item)}")]);
        }

        if (request["Range"] is not { } range)
        {
            return new HttpAnswer(200, "", [.. headers]) { Bytes = item.Content };
        }

        var ends = range["bytes=".Length..].Split('-');
        var first = int.Parse(ends[0], CultureInfo.InvariantCulture);
        var last = Math.Min(item.Content.Length - 1, ends[1].Length == 0 ? int.MaxValue : int.Parse(ends[1], CultureInfo.InvariantCulture));
        return new HttpAnswer(206, "", [.. headers, ("Content-Range", $"bytes {first}-{last}/{item.Content.Length}")]) { Bytes = item.Content[first..(last + 1)] };
    }

    private HttpAnswer Restore(string key, string body)
    {
        if (!_objects.TryGetValue(key, out var item))
        {
            return Error(404, "NoSuchKey", "The specified key does not exist.");
        }

        var asked = XElement.Parse(body).Descendants().ToDictionary(element => element.Name.LocalName, element => element.Value, StringComparer.Ordinal);
        if (item is { IsTier: false, Class: not ("GLACIER" or "DEEP_ARCHIVE") })
        {
            return Error(403, "InvalidObjectState", "Restore is not allowed for the object's current storage class", $"<StorageClass>{item.Class}</StorageClass>");
        }

        if (item.Requested is not null)
        {
            return Error(409, "RestoreAlreadyInProgress", "Object restore is already in progress");
        }

        if (asked.ContainsKey("Days") == item.IsTier || (item.Class.StartsWith("DEEP", StringComparison.Ordinal) && asked.GetValueOrDefault("Tier") == "Expedited"))
        {
            return Error(400, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema");
        }

        _objects[key] = item with { Requested = item.IsThawed ? null : body };
        return new HttpAnswer(item.IsThawed ? 200 : 202);
    }

    private HttpAnswer List(HttpRequestRecord request, string query)
    {
        var asked = query.Split('&').Select(part => part.Split('=')).ToDictionary(part => part[0], part => Uri.UnescapeDataString(part[1]), StringComparer.Ordinal);
        var prefix = asked.GetValueOrDefault("prefix", "");
        var after = asked.GetValueOrDefault("start-after", "");
        var text = new StringBuilder("<ListBucketResult><IsTruncated>false</IsTruncated>");
        foreach (var (key, item) in _objects.Where(item => item.Key.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(item.Key, after) > 0).OrderBy(item => item.Key, StringComparer.Ordinal))
        {
            var thaw = request["x-amz-optional-object-attributes"] != "RestoreStatus" || item.IsTier ? ""
                : item.Requested is not null ? "<RestoreStatus><IsRestoreInProgress>true</IsRestoreInProgress></RestoreStatus>"
                : item.IsThawed ? "<RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress><RestoreExpiryDate>2035-12-21T00:00:00.000Z</RestoreExpiryDate></RestoreStatus>"
                : "";
            text.Append(CultureInfo.InvariantCulture, $"<Contents><Key>{key}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;{ETag(item.Content)}&quot;</ETag><Size>{SizeOf(item)}</Size><StorageClass>{(item.IsTier ? "INTELLIGENT_TIERING" : item.Class)}</StorageClass>{thaw}</Contents>");
        }

        return Xml(200, text.Append("</ListBucketResult>").ToString());
    }

    // The framing of an upload whose checksum follows it: the size of each chunk in hexadecimal, then the chunk, then trailers.
    private static byte[] Unframe(byte[] body)
    {
        var content = new List<byte>();
        for (var start = 0; ;)
        {
            var end = Array.IndexOf(body, (byte)'\n', start);
            var size = int.Parse(Encoding.ASCII.GetString(body, start, end - start).Split(';')[0].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                return [.. content];
            }

            content.AddRange(body.AsSpan(end + 1, size));
            start = end + 1 + size + 2;
        }
    }

    private sealed record ArchivedObject(byte[] Content, string Class, string? Requested, bool IsThawed)
    {
        public bool IsTier => Class.EndsWith("_ACCESS", StringComparison.Ordinal);

        public bool CanBeRead => IsThawed || Class is not ("GLACIER" or "DEEP_ARCHIVE" or "ARCHIVE_ACCESS" or "DEEP_ARCHIVE_ACCESS");

        public IEnumerable<(string Name, string Value)> Headers(string thawedUntil)
        {
            if (Class != "STANDARD")
            {
                yield return ("x-amz-storage-class", IsTier ? "INTELLIGENT_TIERING" : Class);
            }

            if (IsTier)
            {
                yield return ("x-amz-archive-status", Class);
            }

            if (Requested is not null)
            {
                yield return ("x-amz-restore", "ongoing-request=\"true\"");
            }
            else if (IsThawed)
            {
                yield return ("x-amz-restore", $"ongoing-request=\"false\", expiry-date=\"{thawedUntil}\"");
            }
        }
    }
}
