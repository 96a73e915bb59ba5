using System.Runtime.CompilerServices;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Pipelines;
using Traf3li.Backup.Engine.Retention;

namespace Traf3li.Backup.Engine;

/// <content>Second copies.</content>
public sealed partial class BackupEngine
{
    /// <inheritdoc />
    public async Task<IReadOnlyList<MissingCopy>> ListMissingAsync(CopyOptions options, IEngineReporter reporter, CancellationToken cancellationToken)
    {
        var settings = CopySettings.Resolve(options, _environment);
        var retention = settings.Asked.HasCopyRetention ? RetentionPolicy.From(new RetentionOptions { WorkingDirectory = options.WorkingDirectory }, settings.Asked.ForCopies()) : null;
        var source = await OpenStoreAsync(settings.From, reporter, cancellationToken).ConfigureAwait(false);
        await using (source.ConfigureAwait(false))
        {
            var target = await OpenStoreAsync(settings.To, reporter, cancellationToken).ConfigureAwait(false);
            await using (target.ConfigureAwait(false))
            {
                return await new MirrorPlanner(source, target, reporter, _time).PlanAsync(options, retention, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<CopyResult> CopyAsync(CopyOptions options, IEngineReporter reporter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var settings = CopySettings.Resolve(options, _environment);
        var source = await OpenStoreAsync(settings.From, reporter, cancellationToken).ConfigureAwait(false);
        await using (source.ConfigureAwait(false))
        {
            var target = await OpenStoreAsync(settings.To, reporter, cancellationToken).ConfigureAwait(false);
            await using (target.ConfigureAwait(false))
            {
                await foreach (var result in new CopyPipeline(source, target, reporter, _time).RunAsync(options, cancellationToken).ConfigureAwait(false))
                {
                    yield return result;
                }
            }
        }
    }
}
