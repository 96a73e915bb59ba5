using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Retries;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Health.Facts;

/// <summary>Asks a destination, each time through a store of its own. What is wrong with the settings is what the question finds.</summary>
/// <param name="probe">The limit of time.</param>
/// <param name="settings">Gives the settings of the destination.</param>
/// <param name="retries">How long transient errors are tried again.</param>
/// <param name="time">The clock.</param>
/// <param name="cancellationToken">Stops the questions.</param>
internal sealed class StoreQuestions(Probe probe, Func<EngineSettings> settings, TimeSpan retries, TimeProvider time, CancellationToken cancellationToken)
{
    /// <summary>Asks.</summary>
    public Task<ProbeResult<T>> AskAsync<T>(string what, Func<IObjectStore, IEngineReporter, CancellationToken, Task<T>> ask) => probe.RunAsync(
        what,
        async (told, token) =>
        {
            var values = settings();
            var store = await StoreFactory.OpenAsync(values.Destination, values, told, time, token, new RetryOptions { Budget = retries }).ConfigureAwait(false);
            await using (store.ConfigureAwait(false))
            {
                return await ask(store, told, token).ConfigureAwait(false);
            }
        },
        cancellationToken);
}
