using System.Globalization;

namespace Traf3li.Backup.Testing.Servers;

/// <summary>Makes servers that were started for a cluster into one.</summary>
public static class RedisCluster
{
    private const int Slots = 16384;

    /// <summary>Deals the slots out evenly, in order, and waits until each server knows of all slots.</summary>
    public static async Task FormAsync(params RedisServer[] primaries)
    {
        for (var index = 0; index < primaries.Length; index++)
        {
            var (first, next) = (FirstSlot(index, primaries.Length), FirstSlot(index + 1, primaries.Length));
            await primaries[index].RunAsync(string.Create(CultureInfo.InvariantCulture, $"CLUSTER ADDSLOTSRANGE {first} {next - 1}")).ConfigureAwait(false);
        }

        foreach (var other in primaries.Skip(1))
        {
            await primaries[0].RunAsync($"CLUSTER MEET 127.0.0.1 {other.Port} {other.ClusterPort}").ConfigureAwait(false);
        }

        foreach (var primary in primaries)
        {
            await primary.UntilAsync("CLUSTER INFO", "cluster_state:ok").ConfigureAwait(false);
        }
    }

    private static int FirstSlot(int primary, int primaries) => (int)Math.Round(primary * (double)Slots / primaries);
}
