namespace Traf3li.Backup.Engine.Health.Judgements;

/// <summary>The names of checks. Scripts look for them, so they stay.</summary>
internal static class CheckNames
{
    public const string StoreReachable = "StoreReachable";
    public const string StoreCredential = "StoreCredential";
    public const string StoreWritable = "StoreWritable";
    public const string StoreClock = "StoreClock";
    public const string StoreSpace = "StoreSpace";
    public const string Versioning = "Versioning";
    public const string ObjectLock = "ObjectLock";
    public const string PublicAccess = "PublicAccess";
    public const string Encryption = "Encryption";
    public const string Lifecycle = "Lifecycle";
    public const string Acceptance = "Acceptance";
    public const string ServerReachable = "ServerReachable";
    public const string ServerRights = "ServerRights";
    public const string UnfinishedRestore = "UnfinishedRestore";
    public const string OplogWindow = "OplogWindow";
    public const string Schedule = "Schedule";
    public const string MissedRun = "MissedRun";
    public const string RecoveryPoint = "RecoveryPoint";
    public const string RecoveryTime = "RecoveryTime";
    public const string RecoveryGap = "RecoveryGap";
    public const string BackupSize = "BackupSize";
    public const string BackupDuration = "BackupDuration";
    public const string CompressionRatio = "CompressionRatio";
    public const string Drill = "Drill";
    public const string SecondCopy = "SecondCopy";
    public const string Lock = "Lock";
    public const string NotificationChannel = "NotificationChannel";
    public const string FailedNotification = "FailedNotification";

    /// <summary>Whether no backup can be expected to succeed while a check has no answer.</summary>
    public static bool IsEssential(string name) => name is StoreReachable or ServerReachable or RecoveryPoint;
}
