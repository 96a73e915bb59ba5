namespace Traf3li.Backup;

/// <summary>One reason for or against keeping a backup.</summary>
/// <param name="Action">What it speaks for. One reason to keep outweighs every reason to remove.</param>
/// <param name="Text">The reason, such as <c>3rd of 7 daily</c>.</param>
public sealed record RetentionReason(RetentionAction Action, string Text)
{
    /// <inheritdoc />
    public override string ToString() => Text;
}
