namespace Traf3li.Backup.Engine.Health.Facts;

/// <summary>Why something could not be found out.</summary>
/// <param name="Reason">In words, without secrets.</param>
/// <param name="Advice">What to do.</param>
/// <param name="ErrorId">The id of the error.</param>
internal sealed record ProbeFailure(string Reason, string Advice, string ErrorId)
{
    /// <summary>The id of a probe that ran out of time.</summary>
    public const string TimedOut = "OperationTimedOut";

    /// <summary>Whether nothing answered in time, so that it is not known how things stand.</summary>
    public bool IsTimeOut => ErrorId == TimedOut;
}
