namespace Traf3li.Backup.Engine.Retention;

/// <summary>
/// The numbers of a policy. Only good backups count, and what counts are the periods that have one: days on which every backup failed use
/// up nothing, so a source whose backups fail for a month still has its seven.
/// </summary>
internal static class PeriodRules
{
    /// <summary>Asks every rule about the good backups of one set, newest first.</summary>
    public static void Apply(IReadOnlyList<RetentionVerdict> newestFirst, RetentionPolicy policy)
    {
        if (policy.Scheme == RetentionScheme.ByType)
        {
            foreach (var type in newestFirst.GroupBy(item => item.Candidate.CountedType))
            {
                ApplyByType([.. type], type.Key, policy);
            }
        }
        else
        {
            ApplyToAll(newestFirst, policy);
        }

        for (var index = 0; index < Math.Min(policy.Last, newestFirst.Count); index++)
        {
            newestFirst[index].Keep($"{ReasonText.Ordinal(index + 1)} of the last {policy.Last}");
        }
    }

    private static void ApplyByType(List<RetentionVerdict> newestFirst, BackupType type, RetentionPolicy policy)
    {
        if (policy.CountOf(type) is not { } count)
        {
            newestFirst.ForEach(item => item.Keep("taken by hand: no number of the policy is about it"));
            return;
        }

        foreach (var (item, place) in Places(newestFirst, type))
        {
            Judge(item, place, count, type);
        }
    }

    private static void ApplyToAll(IReadOnlyList<RetentionVerdict> newestFirst, RetentionPolicy policy)
    {
        foreach (var type in RetentionPeriod.Types)
        {
            var last = 0;
            foreach (var (item, place) in Places(newestFirst, type))
            {
                if (place > last)
                {
                    Judge(item, place, policy.CountOf(type)!.Value, type);
                }
                else
                {
                    item.Remove($"outside of the policy: a newer one of its {RetentionPeriod.Name(type)} is there");
                }

                last = place;
            }
        }
    }

    private static void Judge(RetentionVerdict item, int place, int count, BackupType type)
    {
        var text = $"{ReasonText.Ordinal(place)} of {count} {RetentionPeriod.Adjective(type)}";
        if (place <= count)
        {
            item.Keep(text);
        }
        else
        {
            item.Remove("outside of the policy: " + text);
        }
    }

    // The place of a backup is that of its period among those that have one, from the newest on.
    private static IEnumerable<(RetentionVerdict Item, int Place)> Places(IReadOnlyList<RetentionVerdict> newestFirst, BackupType type)
    {
        var place = 0;
        DateTime? current = null;
        foreach (var item in newestFirst)
        {
            var period = RetentionPeriod.Of(type, item.Candidate.Date);
            if (period != current)
            {
                place++;
                current = period;
            }

            yield return (item, place);
        }
    }
}
