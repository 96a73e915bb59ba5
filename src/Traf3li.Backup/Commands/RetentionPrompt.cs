using Traf3li.Backup.Text;

namespace Traf3li.Backup.Commands;

/// <summary>What is said and asked before backups are removed.</summary>
internal sealed class RetentionPrompt(IReadOnlyList<RetentionDecision> plan, string destination)
{
    /// <summary>The caption of the question.</summary>
    public const string Caption = "Remove expired backups";

    private const int NamedAtMost = 20;

    /// <summary>What would go.</summary>
    public IReadOnlyList<RetentionDecision> Expired { get; } = [.. plan.Where(item => item.Decision == RetentionAction.Remove)];

    /// <summary>What would happen, in one sentence.</summary>
    public string Description
    {
        get
        {
            var place = Expired.Count > 0 ? Expired[0].Destination : destination;
            return $"Remove {Readable.Count(Expired.Count)} of {Readable.Count(plan.Count)} backups ({Readable.Size(Expired.Sum(item => item.Size))}) from {place}.";
        }
    }

    /// <summary>The question, which names what would go.</summary>
    public string Question
    {
        get
        {
            var named = string.Concat(Expired.Take(NamedAtMost).Select(item => $"\n  {item.Key}: {item.Reason[0]}"));
            var more = Expired.Count > NamedAtMost ? $"\n  and {Readable.Count(Expired.Count - NamedAtMost)} more" : "";
            return $"{Description}{named}{more}\nContinue?";
        }
    }
}
