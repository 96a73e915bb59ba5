namespace Traf3li.Backup.Engine.Verification;

/// <summary>Checks that the collections that must be in a backup are there and not empty.</summary>
internal static class CriticalCollections
{
    /// <summary>Looks for each.</summary>
    /// <param name="wanted"><c>db.collection</c>, or <c>collection</c> in any database.</param>
    /// <param name="candidates">What there is.</param>
    /// <param name="problems">Told what is missing or empty.</param>
    public static void Check(IReadOnlyList<string> wanted, IReadOnlyList<CriticalCandidate> candidates, ProblemList problems)
    {
        foreach (var name in wanted)
        {
            var found = candidates.Where(item => item.Collection == name || $"{item.Database}.{item.Collection}" == name).ToArray();
            if (found.Length == 0)
            {
                problems.Add($"The critical collection {name} is not in the backup.");
            }
            else if (!found.Any(item => item.Count > 0))
            {
                var first = found[0];
                problems.Add(found.Any(item => item.Count is null)
                    ? $"Whether the critical collection {name} is empty can only be told with -Depth Restore: {first.Database}.{first.Collection} is a view."
                    : $"The critical collection {name} is empty.");
            }
        }
    }
}
