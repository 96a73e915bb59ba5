using System.Globalization;
using System.Security.Cryptography;

namespace Traf3li.Backup.Engine.Stores.S3;

/// <summary>ETags that are made of MD5 sums.</summary>
internal static class ETags
{
    /// <summary>Of an object stored at once, or of a part: the MD5.</summary>
    public static string OfBytes(byte[] md5) => Convert.ToHexString(md5).ToLowerInvariant();

    /// <summary>Of a multipart object: the MD5 of the parts' MD5s, a dash and the number of parts.</summary>
    public static string OfParts(IReadOnlyCollection<byte[]> md5s)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        foreach (var md5 in md5s)
        {
            hash.AppendData(md5);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{OfBytes(hash.GetHashAndReset())}-{md5s.Count}");
    }

    /// <summary>An ETag as an answer gives it, without its quotes.</summary>
    public static string Unquote(string? eTag) => (eTag ?? "").Trim('"');

    /// <summary>Compares the ETag that the store gives with the expected one.</summary>
    /// <exception cref="ChecksumMismatchException">It is another.</exception>
    public static void RequireSame(string key, string? expected, string? actual)
    {
        if (expected is not null && Unquote(actual) != expected)
        {
            throw new ChecksumMismatchException(key, expected, Unquote(actual));
        }
    }
}
