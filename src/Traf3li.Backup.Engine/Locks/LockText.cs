using System.Text.Json;

namespace Traf3li.Backup.Engine.Locks;

/// <summary>What stands in the object of a lock. It stays when the lock is released, so that taking it is always a comparison and never depends on a deletion.</summary>
internal sealed record LockText
{
    /// <summary>The largest that is read.</summary>
    public const int MaxSize = 16 << 10;

    // Nobody is locked out for longer by what may be a damaged text.
    private const int LongestLease = 3600;

    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    /// <summary>Who holds it, or held it last.</summary>
    public required LockHolder Holder { get; init; }

    /// <summary>What the holder does.</summary>
    public required string Operation { get; init; }

    /// <summary>Since when, UTC by the holder's clock.</summary>
    public required DateTime Begun { get; init; }

    /// <summary>How long after this text was stored the lock holds, by the store's clock, seconds.</summary>
    public required int LeaseSeconds { get; init; }

    /// <summary>Random: tells holders apart.</summary>
    public required string Token { get; init; }

    /// <summary>How often it was renewed, so that no two texts of a holder are the same.</summary>
    public int Renewal { get; init; }

    /// <summary>Whether the holder has given it back.</summary>
    public bool IsReleased { get; init; }

    /// <summary>Understands a text; null when it is none.</summary>
    public static LockText? TryParse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<LockText>(json, Options) is { Operation: not null, Token: not null, Holder: { User: not null, System: not null, Process.Machine: not null } } text
                && text.LeaseSeconds is > 0 and <= LongestLease
                ? text with { Begun = text.Begun.ToUniversalTime() }
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The text as it is stored.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, Options);
}
