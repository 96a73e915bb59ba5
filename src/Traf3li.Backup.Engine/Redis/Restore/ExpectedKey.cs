using Traf3li.Backup.Engine.Redis.Rdb;

namespace Traf3li.Backup.Engine.Redis.Restore;

/// <summary>A key as the backup has it.</summary>
/// <param name="Database">Its database.</param>
/// <param name="Key">The key.</param>
/// <param name="Digest">Of key, type and value without the expiry, as <see cref="DigestVisitor" /> defines it.</param>
/// <param name="ExpiresAt">When it expires, milliseconds since 1970; null for never.</param>
/// <param name="WithoutFieldsUntil">The fields of a hash that were left out of the digest, as <see cref="DigestVisitor.WithoutFieldsUntil" />.</param>
/// <param name="MayBeGone">Whether nothing counted in the digest of its hash, so that it disappears with its fields.</param>
/// <param name="Bytes">Bytes of the value as stored.</param>
internal sealed record ExpectedKey(
    int Database, byte[] Key, UInt128 Digest, long? ExpiresAt, long WithoutFieldsUntil, bool MayBeGone, long Bytes)
{
    /// <summary>Takes the value of the reader's key.</summary>
    public static ExpectedKey Take(RdbReader reader, DigestVisitor digest, long withoutFieldsUntil)
    {
        digest.WithoutFieldsUntil = withoutFieldsUntil;
        digest.Begin();
        var facts = reader.DecodeValue(digest);
        var hash = digest.End(reader.Key, reader.DataType, expiresAt: null);
        return new ExpectedKey(
            reader.Database,
            reader.Key.ToArray(),
            hash,
            reader.ExpiresAt,
            withoutFieldsUntil,
            reader.DataType == RdbDataType.Hash && digest.Elements == 0,
            facts.Bytes);
    }
}
