using Traf3li.Backup.Engine.Redis.Restore;

namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>What a restore is going to do, decided before anything is written.</summary>
/// <param name="Target">The servers as they are.</param>
/// <param name="Selection">The keys that it is about.</param>
/// <param name="Actions">What is done to each database.</param>
/// <param name="HasFunctions">Whether libraries of functions are restored.</param>
/// <param name="HasLiveFunctions">Whether the target has libraries of functions that the restore is about.</param>
/// <param name="Unfinished">What an earlier restore left; null when nothing.</param>
/// <param name="Warnings">What the user should know.</param>
internal sealed record RedisRestoreLayout(
    RedisRestoreTarget Target,
    KeySelection Selection,
    IReadOnlyList<RestoreAction> Actions,
    bool HasFunctions,
    bool HasLiveFunctions,
    UnfinishedRestore? Unfinished,
    IReadOnlyList<string> Warnings)
{
    /// <summary>Whether live keys or functions are replaced, deleted or added to.</summary>
    public bool TouchesLiveData => HasLiveFunctions || Actions.Any(action => action.TouchesLiveData);
}
