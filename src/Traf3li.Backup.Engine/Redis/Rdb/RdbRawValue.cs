namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>A value as RESTORE takes it, still in the reader's memory: it holds until the reader goes on.</summary>
internal readonly ref struct RdbRawValue
{
    /// <summary>Takes the bytes.</summary>
    public RdbRawValue(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> value)
    {
        Prefix = prefix;
        Value = value;
    }

    /// <summary>The type's byte, and before it what modules keep of the key.</summary>
    public ReadOnlySpan<byte> Prefix { get; }

    /// <summary>The value's bytes, without the type's.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>The length of what <see cref="WritePayload" /> writes, bytes.</summary>
    public int PayloadLength => Prefix.Length + Value.Length + RdbPayload.FooterLength;

    /// <summary>Writes type, value and footer: the argument of RESTORE.</summary>
    /// <param name="destination">At least <see cref="PayloadLength" /> bytes.</param>
    /// <param name="version">The version in the footer; the server refuses one above its own.</param>
    public void WritePayload(Span<byte> destination, int version)
    {
        Prefix.CopyTo(destination);
        Value.CopyTo(destination[Prefix.Length..]);
        var length = Prefix.Length + Value.Length;
        RdbPayload.WriteFooter(destination[length..], version, Crc64Jones.Append(0, destination[..length]));
    }
}
