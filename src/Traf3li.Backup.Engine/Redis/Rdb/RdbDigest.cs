using System.Globalization;

namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>
/// What the keys of a database hold, whatever their order and encoding: how many keys, and the sum modulo 2^128 of a hash of each, which
/// <see cref="DigestVisitor" /> defines.
/// </summary>
/// <param name="Keys">Keys.</param>
/// <param name="Sum">The sum of their hashes.</param>
internal readonly record struct RdbDigest(long Keys, UInt128 Sum)
{
    /// <summary>With one more key.</summary>
    public RdbDigest Add(UInt128 hash) => new(Keys + 1, unchecked(Sum + hash));

    /// <summary>The sum as 32 hexadecimal digits.</summary>
    public string ToHex() => Sum.ToString("x32", CultureInfo.InvariantCulture);
}
