using System.Security.Cryptography;
using Traf3li.Backup.Engine.Stores;
using Traf3li.Backup.Testing.Network;

namespace Traf3li.Backup.Engine.Tests.Stores.S3;

/// <summary>What AWS is sent (Amazon S3 API reference: PutObject, CreateMultipartUpload, UploadPart, CompleteMultipartUpload, GetObject).</summary>
public sealed class AwsRequestTests
{
    private const string Key = "backups/daily/2026/01/x.archive.gz";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_small_object_is_stored_with_what_the_destination_asks_for()
    {
        var content = RandomNumberGenerator.GetBytes(2000);
        var eTag = Convert.ToHexString(Md5(content)).ToLowerInvariant();
        await using var aws = new LocalAws(
            "s3://bucket/nightly?region=eu-central-1&storageClass=STANDARD_IA&tag.team=ops&tag.kind=backup",
            request => request.Method == "HEAD" ? Head(content.Length, eTag) : new HttpAnswer(200, "", ("ETag", $"\"{eTag}\""), ("x-amz-server-side-encryption", "AES256")));

        await PutAsync(aws, content);

        var put = Assert.Single(aws.Server.Requests, request => request.Method == "PUT");
        Assert.Equal("bucket.s3.eu-central-1.amazonaws.com", put["Host"]);
        Assert.Equal($"/nightly/{Key}", put.Target.Split('?')[0]);
        Assert.Equal("AES256", put["x-amz-server-side-encryption"]);
        Assert.Equal("STANDARD_IA", put["x-amz-storage-class"]);
        Assert.Equal(["kind=backup", "team=ops"], put["x-amz-tagging"]!.Split('&').Order(StringComparer.Ordinal));
        Assert.Equal(("CRC32", "x-amz-checksum-crc32", null), (put["x-amz-sdk-checksum-algorithm"], put["x-amz-trailer"], put["Content-MD5"]));
        Assert.Contains("Credential=AKIDEXAMPLE/", put["Authorization"], StringComparison.Ordinal);
        Assert.Contains("/eu-central-1/s3/aws4_request", put["Authorization"], StringComparison.Ordinal);
        AssertSigned(put, "x-amz-server-side-encryption", "x-amz-storage-class", "x-amz-tagging");
    }

    [Theory]
    [InlineData("&sse=aws:kms&kmsKeyId=key-1", "aws:kms", "key-1")]
    [InlineData("&sse=aws:kms", "aws:kms", null)]
    [InlineData("&sse=none", null, null)]
    public async Task Encryption_is_what_the_destination_asks_for(string choice, string? method, string? keyId)
    {
        await using var aws = new LocalAws(
            $"s3://bucket/nightly?region=eu-central-1{choice}", request => request.Method == "HEAD" ? Head(3, "e") : new HttpAnswer(200, "", ("ETag", "\"e\""), ("x-amz-server-side-encryption", "aws:kms")));

        await PutAsync(aws, [1, 2, 3]);

        var put = Assert.Single(aws.Server.Requests, request => request.Method == "PUT");
        Assert.Equal(method, put["x-amz-server-side-encryption"]);
        Assert.Equal(keyId, put["x-amz-server-side-encryption-aws-kms-key-id"]);
    }

    /// <summary>
    /// An upload that was begun with a checksum algorithm wants the checksum of every part in CompleteMultipartUpload, and AWS refuses one
    /// without (Amazon S3 user guide, "Using part-level checksums for multipart uploads").
    /// </summary>
    [Fact]
    public async Task A_large_object_is_stored_in_parts_whose_checksums_are_named_in_the_end()
    {
        var content = RandomNumberGenerator.GetBytes(20_000_000);
        var aws = new MultipartAws();
        await using var local = new LocalAws("s3://bucket/nightly?region=eu-central-1&storageClass=GLACIER_IR&tag.team=ops", aws.Answer);

        await PutAsync(local, content);

        var begin = aws.Begin!;
        Assert.Equal(("AES256", "GLACIER_IR", "team=ops"), (begin["x-amz-server-side-encryption"], begin["x-amz-storage-class"], begin["x-amz-tagging"]));
        Assert.Equal([1, 2, 3], aws.Parts.Keys);
        var complete = aws.Complete!.Text;
        Assert.Equal("CRC32", begin["x-amz-checksum-algorithm"]);
        Assert.All(aws.Parts.Values, part => Assert.Equal(("x-amz-checksum-crc32", null), (part["x-amz-trailer"], part["Content-MD5"])));
        Assert.Equal(3, complete.Split("<ChecksumCRC32>").Length - 1);
        Assert.Equal(3, complete.Split("<ETag>").Length - 1);
        Assert.DoesNotContain(local.Server.Requests, request => request.Method == "PUT" && request.Target.Contains("tagging", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_read_is_held_against_the_checksum_that_comes_with_it()
    {
        await using var aws = new LocalAws("s3://bucket/nightly?region=eu-central-1", request => request.Method == "HEAD"
            ? Head(4, "e")
            : new HttpAnswer(206, "data", ("Content-Range", "bytes 0-3/4"), ("ETag", "\"e\""), ("x-amz-checksum-crc32", "AAAAAA==")));

        await using var stream = await aws.Store.OpenReadAsync(Key, 0, null, Token);
        var error = await Assert.ThrowsAsync<ChecksumMismatchException>(() => stream.CopyToAsync(Stream.Null, Token));

        Assert.Contains(Key, error.Message, StringComparison.Ordinal);
        Assert.Equal("ENABLED", Assert.Single(aws.Server.Requests, request => request.Method == "GET")["x-amz-checksum-mode"]);
    }

    /// <summary>That of a multipart object is made of its parts' checksums, and that of a newer algorithm may be unknown here.</summary>
    [Theory]
    [InlineData("x-amz-checksum-crc32", "AAAAAA==-3")]
    [InlineData("x-amz-checksum-crc64nvme", "AAAAAAAAAAA=")]
    public async Task A_checksum_that_cannot_be_compared_is_no_hindrance(string header, string value)
    {
        await using var aws = new LocalAws("s3://bucket/nightly?region=eu-central-1", request => request.Method == "HEAD"
            ? Head(10, "e")
            : new HttpAnswer(206, "3456", ("Content-Range", "bytes 3-6/10"), ("ETag", "\"e\""), (header, value)));

        await using var stream = await aws.Store.OpenReadAsync(Key, 3, 4, Token);

        Assert.Equal("3456", await new StreamReader(stream).ReadToEndAsync(Token));
        var get = Assert.Single(aws.Server.Requests, request => request.Method == "GET");
        Assert.Equal(("bytes=3-6", "\"e\""), (get["Range"], get["If-Match"]));
    }

    private static HttpAnswer Head(int length, string eTag) =>
        new(200, "", ("Content-Length", $"{length}"), ("ETag", $"\"{eTag}\""), ("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT"));

    private static async Task PutAsync(LocalAws aws, byte[] content)
    {
        await using var upload = await aws.Store.BeginUploadAsync(Key, new UploadOptions(), Token);
        await upload.WriteAsync(content, Token);
        await upload.CompleteAsync(Token);
    }

    private static byte[] Md5(ReadOnlySpan<byte> content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        hash.AppendData(content);
        return hash.GetHashAndReset();
    }

    private static void AssertSigned(HttpRequestRecord request, params string[] names)
    {
        var signed = request["Authorization"]!.Split("SignedHeaders=")[1].Split(',')[0].Split(';');
        Assert.All(names, name => Assert.Contains(name, signed));
    }

    /// <summary>Answers the requests of one multipart upload.</summary>
    private sealed class MultipartAws
    {
        public HttpRequestRecord? Begin { get; private set; }

        public SortedDictionary<int, HttpRequestRecord> Parts { get; } = [];

        public HttpRequestRecord? Complete { get; private set; }

        public HttpAnswer Answer(HttpRequestRecord request)
        {
            lock (Parts)
            {
                if (request.Target.Split("partNumber=") is [_, var rest])
                {
                    Parts[int.Parse(rest.Split('&')[0], System.Globalization.CultureInfo.InvariantCulture)] = request;
                    return new HttpAnswer(200, "", [("ETag", $"\"{ETag(request)}\""), ("x-amz-server-side-encryption", "AES256"), .. Checksum(request)]);
                }

                if (request.Method == "HEAD")
                {
                    return Head(20_000_000, Whole());
                }

                if (request.Method == "POST" && request.Target.Contains("uploads", StringComparison.Ordinal))
                {
                    Begin = request;
                    return new HttpAnswer(200, """<?xml version="1.0"?><InitiateMultipartUploadResult><Bucket>bucket</Bucket><Key>k</Key><UploadId>u1</UploadId></InitiateMultipartUploadResult>""", ("Content-Type", "application/xml"));
                }

                Complete = request;
                return new HttpAnswer(200, $"""<?xml version="1.0"?><CompleteMultipartUploadResult><Bucket>bucket</Bucket><Key>k</Key><ETag>"{Whole()}"</ETag></CompleteMultipartUploadResult>""", ("Content-Type", "application/xml"));
            }
        }

        private string Whole() => Hex(Md5([.. Parts.Values.SelectMany(part => Md5(Decode(part.Body)))])) + $"-{Parts.Count}";

        private static string ETag(HttpRequestRecord part) => Hex(Md5(Decode(part.Body)));

        private static string Hex(byte[] bytes) => Convert.ToHexString(bytes).ToLowerInvariant();

        // aws-chunked: the size in hexadecimal, a line break, the bytes, a line break, and so on until a size of 0.
        private static byte[] Decode(ReadOnlySpan<byte> body)
        {
            using var decoded = new MemoryStream();
            while (true)
            {
                var end = body.IndexOf("\r\n"u8);
                var size = Convert.ToInt32(System.Text.Encoding.ASCII.GetString(body[..end]).Split(';')[0], 16);
                if (size == 0)
                {
                    return decoded.ToArray();
                }

                decoded.Write(body.Slice(end + 2, size));
                body = body[(end + size + 4)..];
            }
        }

        // A trailer follows the last chunk of aws-chunked: "x-amz-checksum-crc32:…".
        private static IEnumerable<(string Name, string Value)> Checksum(HttpRequestRecord part)
        {
            var tail = System.Text.Encoding.Latin1.GetString(part.Body.AsSpan(Math.Max(0, part.Body.Length - 300)));
            return tail.LastIndexOf("x-amz-checksum-", StringComparison.Ordinal) is var start and >= 0
                ? [(tail[start..].Split(':')[0], tail[start..].Split(':')[1].Split('\r')[0])]
                : part.Headers.Where(header => header.Key.StartsWith("x-amz-checksum-", StringComparison.OrdinalIgnoreCase)).Select(header => (header.Key, header.Value));
        }
    }
}
