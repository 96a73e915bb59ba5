namespace Traf3li.Backup.Testing.Network;

/// <summary>A request that <see cref="AnsweringHttpServer" /> received.</summary>
/// <param name="Method">Such as GET.</param>
/// <param name="Target">Path and query, as sent.</param>
/// <param name="Headers">The headers; names in any case.</param>
/// <param name="Body">The body as it came, framing of aws-chunked included.</param>
public sealed record HttpRequestRecord(string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>A header; null when it was not sent.</summary>
    public string? this[string name] => Headers.GetValueOrDefault(name);

    /// <summary>The body as text.</summary>
    public string Text => System.Text.Encoding.UTF8.GetString(Body);
}
