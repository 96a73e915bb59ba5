using System.Globalization;
using System.Text;
using Traf3li.Backup.Engine.Locks;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Testing.Stores;

/// <summary>Adds ones to a number in a store, each under a lock and without any other care: two holders at once would lose some.</summary>
internal static class LockRace
{
    private const string Counter = "counter";
    private static readonly LockOptions Quick = new() { Poll = TimeSpan.FromMilliseconds(3) };

    /// <summary>Adds so many ones.</summary>
    public static async Task AddAsync(IObjectStore store, int times, CancellationToken cancellationToken)
    {
        var taking = new LockTaking(store, Quick, new RecordingReporter(), TimeProvider.System);
        for (var done = 0; done < times; done++)
        {
            await using var held = await taking.TakeAsync("race", "Backup", TimeSpan.FromMinutes(2), cancellationToken);
            var sum = await ReadAsync(store, cancellationToken);
            await using (var upload = await store.BeginUploadAsync(Counter, new UploadOptions(), cancellationToken))
            {
                await upload.WriteAsync(Encoding.ASCII.GetBytes((sum + 1).ToString(CultureInfo.InvariantCulture)), cancellationToken);
                await upload.CompleteAsync(cancellationToken);
            }

            await held.ReleaseAsync(cancellationToken);
        }
    }

    /// <summary>The number.</summary>
    public static async Task<int> ReadAsync(IObjectStore store, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(Counter, cancellationToken) is null)
        {
            return 0;
        }

        await using var stream = await store.OpenReadAsync(Counter, 0, null, cancellationToken);
        using var reader = new StreamReader(stream);
        return int.Parse(await reader.ReadToEndAsync(cancellationToken), CultureInfo.InvariantCulture);
    }
}
