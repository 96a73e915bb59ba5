using Amazon.S3;
using Amazon.S3.Model;
using Traf3li.Backup.Engine.Stores.Facts;

namespace Traf3li.Backup.Engine.Stores.S3.Inspection;

/// <summary>Reads lifecycle rules (Amazon S3 user guide, "Lifecycle configuration elements").</summary>
internal static class LifecycleRules
{
    /// <summary>What a rule does.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="tags">The tags that the destination gives its objects.</param>
    public static LifecycleRuleFacts Describe(LifecycleRule rule, IReadOnlyDictionary<string, string> tags)
    {
        var filter = Predicates(rule.Filter?.LifecycleFilterPredicate).ToList();
        var wanted = filter.OfType<LifecycleTagPredicate>().Select(item => item.Tag).ToList();
        var transition = rule.Transitions is { Count: > 0 } transitions ? transitions[^1] : null;
        return new LifecycleRuleFacts
        {
            Id = rule.Id ?? "",
            IsEnabled = rule.Status == LifecycleRuleStatus.Enabled,
            Prefix = filter.OfType<LifecyclePrefixPredicate>().Select(item => item.Prefix).FirstOrDefault() ?? OldPrefix(rule) ?? "",
            Tag = [.. wanted.Select(tag => $"{tag.Key}={tag.Value}")],
            IsForOtherTags = wanted.Exists(tag => !tags.TryGetValue(tag.Key, out var value) || value != tag.Value),
            LargerThan = filter.OfType<LifecycleObjectSizeGreaterThanPredicate>().Select(item => (long?)item.ObjectSizeGreaterThan).FirstOrDefault(),
            SmallerThan = filter.OfType<LifecycleObjectSizeLessThanPredicate>().Select(item => (long?)item.ObjectSizeLessThan).FirstOrDefault(),
            StorageClass = transition?.StorageClass?.Value,
            MovedAfterDays = transition?.Days,
            RemovesObjects = rule.Expiration is { } expiration && (expiration.Days is > 0 || expiration.Date is not null),
            RemovedAfterDays = rule.Expiration?.Days is > 0 and var days ? days : null,
            OldVersionsRemovedAfterDays = rule.NoncurrentVersionExpiration?.NoncurrentDays,
            UploadsAbortedAfterDays = rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation,
        };
    }

    private static IEnumerable<LifecycleFilterPredicate> Predicates(LifecycleFilterPredicate? predicate) => predicate switch
    {
        null => [],
        LifecycleAndOperator all => (all.Operands ?? []).SelectMany(Predicates),
        _ => [predicate],
    };

    // Rules from before filters were added name the prefix themselves.
#pragma warning disable CS0618
    private static string? OldPrefix(LifecycleRule rule) => rule.Prefix;
#pragma warning restore CS0618
}
