namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>A value as RESTORE takes it, still in the reader's memory: it holds until the reader goes on.</summary>
internal readonly ref struct RdbRawValue
{
    private readonly ReadOnlySpan<byte> _prefix;

    /// <summary>Takes the bytes.</summary>
    public RdbRawValue(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> value)
    {
        _prefix = prefix;
        Value = value;
    }

    /// <summary>The value's bytes, without the type's.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>The length of what <see cref="WritePayload" /> writes, bytes.</summary>
    public int PayloadLength => _prefix.Length + Value.Length + RdbPayload.FooterLength;

    /// <summary>Writes type, value and footer: the argument of RESTORE.</summary>
    /// <param name="destination">At least <see cref="PayloadLength" /> bytes.</param>
    /// <param name="version">The version in the footer; the server refuses one above its own.</param>
    public void WritePayload(Span<byte> destination, int version)
    {
        _prefix.CopyTo(destination);
        Value.CopyTo(destination[_prefix.Length..]);
        var length = _prefix.Length + Value.Length;
        RdbPayload.WriteFooter(destination[length..], version, Crc64Jones.Append(0, destination[..length]));
    }
}
