using Traf3li.Backup.Engine.Progress;

namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>The replica class of <c>client-output-buffer-limit</c> (redis.conf): a server drops a replica whose unsent data passes it.</summary>
/// <param name="Hard">Bytes above which it is dropped at once; 0: never.</param>
/// <param name="Soft">Bytes above which it is dropped after <paramref name="Patience" />; 0: never.</param>
/// <param name="Patience">How long <paramref name="Soft" /> may be passed.</param>
internal sealed record OutputBufferLimit(long Hard, long Soft, TimeSpan Patience)
{
    /// <summary>
    /// Reads the setting's value: <c>class hard soft seconds</c> for each class. The class of replicas is <c>slave</c> or, on newer servers,
    /// <c>replica</c>.
    /// </summary>
    public static OutputBufferLimit? OfReplicas(string? value)
    {
        var words = (value ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (var index = 0; index + 3 < words.Length; index += 4)
        {
            if (words[index] is "slave" or "replica"
                && RedisInfo.ParseNumber(words[index + 1]) is { } hard
                && RedisInfo.ParseNumber(words[index + 2]) is { } soft
                && RedisInfo.ParseNumber(words[index + 3]) is { } seconds)
            {
                return new OutputBufferLimit(hard, soft, TimeSpan.FromSeconds(seconds));
            }
        }

        return null;
    }

    /// <summary>The limit for people.</summary>
    public override string ToString() => (Hard, Soft) switch
    {
        (0, 0) => "no limit",
        (_, 0) => ReadableSize.Format(Hard),
        (0, _) => FormattableString.Invariant($"{ReadableSize.Format(Soft)} for {Patience.TotalSeconds:0} s"),
        _ => FormattableString.Invariant($"{ReadableSize.Format(Hard)}, or {ReadableSize.Format(Soft)} for {Patience.TotalSeconds:0} s"),
    };
}
