using System.Globalization;

namespace Traf3li.Backup;

/// <summary>How many keys something happened to, and one of them.</summary>
/// <param name="Count">Keys.</param>
/// <param name="Sample">One of them with its database, such as <c>db0 user:1</c>; what is not printable stands as <c>\xNN</c>. Null where there are none.</param>
public sealed record RedisKeyCount(long Count, string? Sample)
{
    /// <summary>The number, and the sample in parentheses.</summary>
    public override string ToString()
    {
        var count = Count.ToString("#,0", CultureInfo.InvariantCulture);
        return Sample is null ? count : $"{count} (such as {Sample})";
    }
}
