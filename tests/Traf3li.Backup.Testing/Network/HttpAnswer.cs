namespace Traf3li.Backup.Testing.Network;

/// <summary>What <see cref="AnsweringHttpServer" /> answers.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body; of HEAD only its length is sent.</param>
/// <param name="Headers">Further headers.</param>
public sealed record HttpAnswer(int Status, string Body = "", params (string Name, string Value)[] Headers)
{
    /// <summary>The body where it is no text; null where <see cref="Body" /> is it.</summary>
    public byte[]? Bytes { get; init; }

    /// <summary>No answer at all: the connection stays open, and nothing comes.</summary>
    public static HttpAnswer None { get; } = new(0);
}
