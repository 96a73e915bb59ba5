using Traf3li.Backup.Engine.Health.Facts;
using Traf3li.Backup.Engine.Stores.Facts;

namespace Traf3li.Backup.Engine.Health.Judgements;

/// <summary>Judges how the destination is set up against deletion and strangers.</summary>
internal static class BucketJudge
{
    private const string Setup = "Initialize-Traf3liBackupStore sets it up.";

    /// <summary>Judges a store. What it does not tell, such as to a user without the right to ask, is skipped with its reason.</summary>
    public static IEnumerable<HealthCheck> Judge(StoreFacts facts, string destination) =>
        facts.Bucket is { } bucket
            ? [JudgeVersioning(bucket, destination), JudgeLock(bucket, destination), JudgePublicAccess(bucket, destination), JudgeEncryption(bucket, destination)]
            : [.. new[] { CheckNames.Versioning, CheckNames.ObjectLock }.Select(name => Checks.Skipped(name, destination, "only buckets have it")), JudgeFolder(facts.Folder, destination)];

    private static HealthCheck JudgeVersioning(BucketFacts bucket, string destination) =>
        !bucket.Versioning.IsKnown ? Checks.Skipped(CheckNames.Versioning, destination, bucket.Versioning.Unknown!)
        : bucket.Versioning.Value == BucketVersioning.Enabled ? Checks.Good(CheckNames.Versioning, destination, "on: what is deleted can be brought back", "on")
        : Checks.Warning(CheckNames.Versioning, destination, bucket.Versioning.Value == BucketVersioning.Off ? "off" : "suspended", $"Without it a deletion is final. {Setup}", "on");

    private static HealthCheck JudgeLock(BucketFacts bucket, string destination) =>
        !bucket.ObjectLock.IsKnown ? Checks.Skipped(CheckNames.ObjectLock, destination, bucket.ObjectLock.Unknown!)
        : bucket.ObjectLock.Value is { IsEnabled: true } locked ? Checks.Good(CheckNames.ObjectLock, destination, locked.Mode is { } mode ? $"{mode}, {locked.Days} days" : "on, without a default")
        : Checks.Skipped(CheckNames.ObjectLock, destination, "off; it is an extra protection that a bucket may have");

    private static HealthCheck JudgePublicAccess(BucketFacts bucket, string destination)
    {
        if (bucket.IsPolicyPublic is { IsKnown: true, Value: true } && bucket.PublicAccess is not { IsKnown: true, Value.ExistingPolicy: true })
        {
            return Checks.Critical(CheckNames.PublicAccess, destination, "the bucket's policy lets everybody in", $"Remove that policy now. {Setup}", "blocked");
        }

        return !bucket.PublicAccess.IsKnown ? Checks.Skipped(CheckNames.PublicAccess, destination, bucket.PublicAccess.Unknown!)
            : bucket.PublicAccess.Value!.IsComplete ? Checks.Good(CheckNames.PublicAccess, destination, "blocked", "blocked")
            : bucket.PublicAccess.Value.IsEnough ? Checks.Good(CheckNames.PublicAccess, destination, "blocked; access lists for everybody are taken, and ignored", "blocked")
            : Checks.Warning(CheckNames.PublicAccess, destination, "not all of it is blocked", Setup, "blocked");
    }

    private static HealthCheck JudgeEncryption(BucketFacts bucket, string destination) =>
        !bucket.Encryption.IsKnown ? Checks.Skipped(CheckNames.Encryption, destination, bucket.Encryption.Unknown!)
        : bucket.Encryption.Value!.Length > 0 ? Checks.Good(CheckNames.Encryption, destination, bucket.Encryption.Value, "any")
        : Checks.Warning(CheckNames.Encryption, destination, "the bucket has no default encryption", Setup, "any");

    private static HealthCheck JudgeFolder(FolderFacts? folder, string destination) => folder switch
    {
        { OthersMayWrite: { IsKnown: true, Value: true } } => Checks.Warning(CheckNames.PublicAccess, destination, "everybody on this machine may write into the folder", "chmod o-rwx the folder.", "the owner only"),
        { OthersMayRead: { IsKnown: true, Value: true } } => Checks.Good(CheckNames.PublicAccess, destination, "others on this machine may list the folder; each backup is its owner's alone"),
        { OthersMayRead.IsKnown: true } => Checks.Good(CheckNames.PublicAccess, destination, "the owner only"),
        _ => Checks.Skipped(CheckNames.PublicAccess, destination, folder?.Permissions.Unknown ?? "not known"),
    };
}
