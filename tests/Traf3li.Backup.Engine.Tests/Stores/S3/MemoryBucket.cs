using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Traf3li.Backup.Testing.Network;

namespace Traf3li.Backup.Engine.Tests.Stores.S3;

/// <summary>The objects of a bucket, answered for as the Amazon S3 API reference documents it: as much of it as retention needs.</summary>
internal sealed class MemoryBucket
{
    private const int PageSize = 1000;

    private readonly ConcurrentDictionary<string, byte[]> _objects = new(StringComparer.Ordinal);

    /// <summary>The keys.</summary>
    public ICollection<string> Keys => _objects.Keys;

    /// <summary>Codes of errors of DeleteObjects, by key.</summary>
    public Dictionary<string, string> Refused { get; } = new(StringComparer.Ordinal);

    /// <summary>Puts an object.</summary>
    public void Put(string key, byte[] content) => _objects[key] = content;

    /// <summary>Answers a request of the bucket in its host name.</summary>
    public HttpAnswer Answer(HttpRequestRecord request)
    {
        var target = request.Target.Split('?');
        var key = Uri.UnescapeDataString(target[0][1..]);
        var query = target.Length < 2 ? [] : target[1].Split('&').Select(item => item.Split('=')).ToDictionary(item => item[0], item => item.Length < 2 ? "" : Uri.UnescapeDataString(item[1]), StringComparer.Ordinal);
        return request.Method switch
        {
            "POST" when query.ContainsKey("delete") => Delete(XDocument.Parse(Encoding.UTF8.GetString(Body(request)))),
            "DELETE" => Delete(key),
            "PUT" => Put(key, request),
            "GET" when key.Length > 0 => Get(key),
            "HEAD" => Get(key),
            "GET" when query.ContainsKey("list-type") => List(query),
            "GET" when query.ContainsKey("object-lock") => Error(404, "ObjectLockConfigurationNotFoundError"),
            "GET" when query.ContainsKey("versioning") => Xml("<VersioningConfiguration/>"),
            "GET" when query.ContainsKey("uploads") => Xml("<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>"),
            _ => Error(501, "NotImplemented"),
        };
    }

    private HttpAnswer Delete(string key)
    {
        if (Refused.ContainsKey(key))
        {
            return Error(403, "AccessDenied");
        }

        _objects.TryRemove(key, out _);
        return new HttpAnswer(204);
    }

    private HttpAnswer Delete(XDocument request)
    {
        var answer = new StringBuilder("<DeleteResult>");
        foreach (var key in request.Descendants().Where(item => item.Name.LocalName == "Key").Select(item => item.Value))
        {
            if (Refused.TryGetValue(key, out var code))
            {
                answer.Append($"<Error><Key>{key}</Key><Code>{code}</Code><Message>no</Message></Error>");
            }
            else
            {
                _objects.TryRemove(key, out _);
            }
        }

        return Xml(answer.Append("</DeleteResult>").ToString());
    }

    private HttpAnswer Put(string key, HttpRequestRecord request)
    {
        _objects[key] = Body(request);
        return new HttpAnswer(200, "", ("ETag", ETag(_objects[key])), ("x-amz-server-side-encryption", "AES256"));
    }

    private HttpAnswer Get(string key) => _objects.TryGetValue(key, out var content)
        ? new HttpAnswer(200, Encoding.UTF8.GetString(content), ("ETag", ETag(content)), ("Content-Length", content.Length.ToString(CultureInfo.InvariantCulture)), ("Last-Modified", Now()))
        : Error(404, "NoSuchKey");

    private HttpAnswer List(Dictionary<string, string> query)
    {
        var after = query.GetValueOrDefault("continuation-token") ?? query.GetValueOrDefault("start-after", "");
        var all = _objects.Where(item => item.Key.StartsWith(query.GetValueOrDefault("prefix", ""), StringComparison.Ordinal) && string.CompareOrdinal(item.Key, after) > 0)
            .OrderBy(item => item.Key, StringComparer.Ordinal).Take(PageSize + 1).ToList();
        var page = all.Take(PageSize).ToList();
        var items = string.Concat(page.Select(item => $"<Contents><Key>{item.Key}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>{ETag(item.Value)}</ETag><Size>{item.Value.Length}</Size></Contents>"));
        var more = all.Count > PageSize ? $"<IsTruncated>true</IsTruncated><NextContinuationToken>{page[^1].Key}</NextContinuationToken>" : "<IsTruncated>false</IsTruncated>";
        return Xml($"<ListBucketResult>{more}{items}</ListBucketResult>");
    }

    private static string Now() => TimeProvider.System.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);

    private static string ETag(byte[] content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        hash.AppendData(content);
        return $"\"{Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant()}\"";
    }

    private static HttpAnswer Xml(string text) => new(200, text, ("Content-Type", "application/xml"));

    private static HttpAnswer Error(int status, string code) => new(status, LocalAws.Error(code, "no"), ("Content-Type", "application/xml"));

    // aws-chunked, where it is used: the size in hexadecimal, a line break, the bytes, a line break, and so on until a size of 0.
    private static byte[] Body(HttpRequestRecord request)
    {
        if (request["x-amz-decoded-content-length"] is null)
        {
            return request.Body;
        }

        using var decoded = new MemoryStream();
        ReadOnlySpan<byte> body = request.Body;
        while (true)
        {
            var end = body.IndexOf("\r\n"u8);
            var size = Convert.ToInt32(Encoding.ASCII.GetString(body[..end]).Split(';')[0], 16);
            if (size == 0)
            {
                return decoded.ToArray();
            }

            decoded.Write(body.Slice(end + 2, size));
            body = body[(end + size + 4)..];
        }
    }
}
