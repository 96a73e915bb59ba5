namespace Traf3li.Backup.Engine.Retention;

/// <summary>The reasons found for one backup, while rules are asked one after the other.</summary>
internal sealed class RetentionVerdict(RetentionCandidate candidate)
{
    private readonly List<RetentionReason> _keep = [];
    private readonly List<RetentionReason> _remove = [];

    public RetentionCandidate Candidate => candidate;

    /// <summary>One reason to keep is enough.</summary>
    public RetentionAction Action => _keep.Count == 0 && _remove.Count > 0 ? RetentionAction.Remove : RetentionAction.Keep;

    /// <summary>Whether it would go, were it not one of too many.</summary>
    public bool IsHeldBack { get; private set; }

    /// <summary>Every reason, those that decide first.</summary>
    public IReadOnlyList<RetentionReason> Reasons => [.. _keep, .. _remove];

    public void Keep(string text) => _keep.Add(new RetentionReason(RetentionAction.Keep, text));

    /// <summary>Keeps it for this run only.</summary>
    public void HoldBack(string text)
    {
        IsHeldBack = true;
        Keep(text);
    }

    public void Remove(string text) => _remove.Add(new RetentionReason(RetentionAction.Remove, text));
}
