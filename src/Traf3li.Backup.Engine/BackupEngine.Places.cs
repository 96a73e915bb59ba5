using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine;

/// <summary>The destinations that stand in for each other.</summary>
public sealed partial class BackupEngine
{
    private BackupPlaces PlacesOf(EngineOptions options, EngineSettings settings, IEngineReporter reporter) =>
        new(SettingsOfPlaces(options, settings), reporter, _time);

    private EngineSettings[] SettingsOfPlaces(EngineOptions options, EngineSettings settings)
    {
        if (options.Fallback.Count > 0)
        {
            return [.. options.Fallback.Select(further => Resolve(options with { Destination = further, Fallback = [] })).Prepend(settings).DistinctBy(place => place.Destination.DisplayName, StringComparer.Ordinal)];
        }

        if (!options.FallsBackToCopies)
        {
            return [settings];
        }

        var configured = SettingsResolver.Resolve(options with { Destination = null }, _environment);
        if (!configured.HasDestination || !configured.HasCopyDestination || configured.IsAtCopies)
        {
            return [settings];
        }

        try
        {
            EngineSettings[] places = [configured, configured.ForCopies()];
            return Array.Exists(places, place => place.Destination.DisplayName == settings.Destination.DisplayName) ? places : [settings];
        }
        catch (ConfigurationInvalidException)
        {
            // What is wrong with the second destination stops only what needs it.
            return [settings];
        }
    }

    // The lock, the record and the safety backup need a place that can be written.
    private Func<IEngineReporter, CancellationToken, Task<IObjectStore?>> Opening(EngineOptions options, EngineSettings settings, BackupInfo backup) =>
        async (reporter, cancellationToken) => backup.Path is not null
            ? await Opening(settings, isOptional: true)(reporter, cancellationToken).ConfigureAwait(false)
            : await PlacesOf(options, settings, reporter).OpenWritableAsync(cancellationToken).ConfigureAwait(false);

    private Task<PlacedBackup> FindPlaceAsync(
        EngineOptions options, EngineSettings settings, BackupInfo backup, IObjectStore? opened, bool mustBeWhole, IEngineReporter reporter, CancellationToken cancellationToken) =>
        backup.Path is null
            ? PlacesOf(options, settings, reporter).FindAsync(backup, opened, mustBeWhole, cancellationToken)
            : Task.FromResult(new PlacedBackup(backup, opened, IsOwn: false, []));
}
