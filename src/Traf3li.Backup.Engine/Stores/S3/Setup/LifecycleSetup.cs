using Amazon.S3;
using Amazon.S3.Model;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Stores.Facts;
using Traf3li.Backup.Engine.Stores.S3.Inspection;

namespace Traf3li.Backup.Engine.Stores.S3.Setup;

/// <summary>Adds the lifecycle rules that backups need to those that are there, which stay as they are.</summary>
/// <remarks>
/// Filters know prefixes, tags and sizes, but no endings of names. What is archived is therefore chosen by size: nothing that must stay readable (a
/// manifest, a hold, what lies in folders that begin with a dot) is ever larger than <see cref="ManifestSerializer.MaxSize" />, and smaller backups
/// cost next to nothing where they are.
/// </remarks>
internal sealed class LifecycleSetup(S3Client client, StepList steps, StorePreparation wanted)
{
    private const int UploadDays = 2;
    private const string Archive = "Archive";
    private const string Uploads = "Unfinished uploads";
    private const string OldVersions = "Old versions";

    private string Prefix => client.Destination.Prefix;

    /// <summary>The steps.</summary>
    public async Task RunAsync(Fact<IReadOnlyList<LifecycleRuleFacts>> present, CancellationToken cancellationToken)
    {
        if (!present.IsKnown)
        {
            steps.Refused("Lifecycle", $"What rules there are is not known, so nothing was changed: {present.Unknown}");
            return;
        }

        var rules = present.Value!;
        if (rules.FirstOrDefault(rule => rule.CoversBackups(Prefix) && rule.UploadsAbortedAfterDays is not null) is { } aborting)
        {
            steps.AlreadySo(Uploads, $"They are aborted after {aborting.UploadsAbortedAfterDays} days.");
        }
        else
        {
            var rule = Rule("uploads", Below);
            rule.AbortIncompleteMultipartUpload = new LifecycleRuleAbortIncompleteMultipartUpload { DaysAfterInitiation = UploadDays };
            await AddAsync(Uploads, $"They are aborted after {UploadDays} days.", rule, cancellationToken).ConfigureAwait(false);
        }

        await OldVersionsAsync(rules, cancellationToken).ConfigureAwait(false);
        await ArchiveAsync(rules, cancellationToken).ConfigureAwait(false);
    }

    private LifecyclePrefixPredicate Below => new() { Prefix = Prefix + BackupKey.Root };

    private async Task OldVersionsAsync(IReadOnlyList<LifecycleRuleFacts> rules, CancellationToken cancellationToken)
    {
        if (rules.FirstOrDefault(rule => rule.CoversBackups(Prefix) && rule.OldVersionsRemovedAfterDays is not null) is { } expiring)
        {
            steps.AlreadySo(OldVersions, $"They are removed after {expiring.OldVersionsRemovedAfterDays} days.");
        }
        else if (wanted.OldVersionDays > 0)
        {
            var rule = Rule("old-versions", Below);
            rule.NoncurrentVersionExpiration = new LifecycleRuleNoncurrentVersionExpiration { NoncurrentDays = wanted.OldVersionDays };
            rule.Expiration = new LifecycleRuleExpiration { ExpiredObjectDeleteMarker = true };
            await AddAsync(OldVersions, $"They are removed after {wanted.OldVersionDays} days.", rule, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ArchiveAsync(IReadOnlyList<LifecycleRuleFacts> rules, CancellationToken cancellationToken)
    {
        if (rules.FirstOrDefault(rule => rule.MovesManifests(Prefix)) is { } harmful)
        {
            steps.Refused(Archive, $"The rule '{harmful.Id}' of the bucket moves manifests to {harmful.StorageClass} too, after which backups cannot be listed. Limit it to objects larger than {ManifestSerializer.MaxSize} bytes, or remove it; then run this again.");
        }
        else if (rules.FirstOrDefault(rule => rule.TouchesBackups(Prefix) && rule.StorageClass is not null) is { } moving)
        {
            steps.AlreadySo(Archive, $"The rule '{moving.Id}' moves backups to {moving.StorageClass}.");
        }
        else if (wanted.ArchiveAfterDays > 0)
        {
            var larger = new LifecycleObjectSizeGreaterThanPredicate { ObjectSizeGreaterThan = ManifestSerializer.MaxSize };
            var rule = Rule("archive", new LifecycleAndOperator { Operands = [Below, larger] });
            rule.Transitions = [new LifecycleTransition { Days = wanted.ArchiveAfterDays, StorageClass = S3StorageClass.Glacier }];
            var older = "";
            if (wanted.OldVersionDays == 0 || wanted.OldVersionDays > wanted.ArchiveAfterDays)
            {
                rule.NoncurrentVersionTransitions = [new LifecycleRuleNoncurrentVersionTransition { NoncurrentDays = wanted.ArchiveAfterDays, StorageClass = S3StorageClass.Glacier }];
                older = " and their older versions";
            }

            await AddAsync(Archive, $"Backups larger than 64 MiB{older} are moved to GLACIER after {wanted.ArchiveAfterDays} days; manifests stay.", rule, cancellationToken).ConfigureAwait(false);
        }
    }

    private static LifecycleRule Rule(string name, LifecycleFilterPredicate filter) =>
        new() { Id = $"traf3li-backup-{name}", Status = LifecycleRuleStatus.Enabled, Filter = new LifecycleFilter { LifecycleFilterPredicate = filter } };

    private Task AddAsync(string name, string detail, LifecycleRule rule, CancellationToken cancellationToken) =>
        steps.DoAsync(name, detail, () => AddAsync(rule, cancellationToken));

    // A store that does not know a filter may drop it, and the rule would then move everything.
    private async Task<string?> AddAsync(LifecycleRule rule, CancellationToken cancellationToken)
    {
        var inspection = new BucketInspection(client);
        var before = await inspection.RulesAsync(cancellationToken).ConfigureAwait(false);
        if (!before.IsKnown)
        {
            return before.Unknown;
        }

        var others = before.Value!.Configuration?.Rules?.Where(other => other.Id != rule.Id).ToList() ?? [];
        await PutAsync([.. others, rule], before.Value.TransitionDefaultMinimumObjectSize, cancellationToken).ConfigureAwait(false);
        var after = await inspection.RulesAsync(cancellationToken).ConfigureAwait(false);
        var wished = Describe(rule);
        var kept = after.Value?.Configuration?.Rules?.FirstOrDefault(other => other.Id == rule.Id) is { } found ? Describe(found) : null;
        var hasFilter = kept is not null && kept.Prefix == wished.Prefix && kept.LargerThan == wished.LargerThan;
        var stored = after.Value?.Configuration?.Rules ?? [];
        if (hasFilter && others.TrueForAll(other => stored.Exists(item => IsSame(item, other))))
        {
            return null;
        }

        await PutAsync(before.Value.Configuration?.Rules ?? [], before.Value.TransitionDefaultMinimumObjectSize, cancellationToken).ConfigureAwait(false);
        return hasFilter ? "The store did not keep the other rules as they were, so this one was taken away again." : "The store does not keep the filter of this rule, so it was taken away again.";
    }

    private LifecycleRuleFacts Describe(LifecycleRule rule) => LifecycleRules.Describe(rule, client.Destination.Tags);

    private bool IsSame(LifecycleRule one, LifecycleRule other)
    {
        var (first, second) = (Describe(one), Describe(other));
        return first.Tag.SequenceEqual(second.Tag, StringComparer.Ordinal) && first with { Tag = [] } == second with { Tag = [] };
    }

    private async Task PutAsync(List<LifecycleRule> rules, TransitionDefaultMinimumObjectSize? minimum, CancellationToken cancellationToken)
    {
        if (rules.Count == 0)
        {
            var delete = new DeleteLifecycleConfigurationRequest { BucketName = client.Destination.Bucket };
            await client.CallAsync("s3:PutLifecycleConfiguration", null, 0, (s3, token) => s3.DeleteLifecycleConfigurationAsync(delete, token), cancellationToken).ConfigureAwait(false);
            return;
        }

        var request = new PutLifecycleConfigurationRequest { BucketName = client.Destination.Bucket, Configuration = new LifecycleConfiguration { Rules = rules }, TransitionDefaultMinimumObjectSize = minimum };
        await client.CallAsync("s3:PutLifecycleConfiguration", null, 0, (s3, token) => s3.PutLifecycleConfigurationAsync(request, token), cancellationToken).ConfigureAwait(false);
    }
}
