namespace Traf3li.Backup;

/// <summary>
/// What the cmdlets ask of the engine, which lives in a load context of its own. Every method throws a
/// <see cref="BackupException" /> for what a user can mend, and <see cref="OperationCanceledException" /> when the token is signalled.
/// </summary>
public interface IBackupEngine
{
    /// <summary>Plans a backup without writing: connects, lists, checks rights.</summary>
    Task<BackupPlan> PlanBackupAsync(BackupOptions options, IEngineReporter reporter, CancellationToken cancellationToken);

    /// <summary>Takes a backup. It exists when this returns, and only then.</summary>
    Task<BackupInfo> BackupAsync(BackupOptions options, IEngineReporter reporter, CancellationToken cancellationToken);

    /// <summary>Lists backups, newest first.</summary>
    IAsyncEnumerable<BackupInfo> ListAsync(BackupQuery query, IEngineReporter reporter, CancellationToken cancellationToken);

    /// <summary>Lists what was done, newest first. A record that cannot be read is a warning.</summary>
    IAsyncEnumerable<RunRecord> ListHistoryAsync(HistoryQuery query, IEngineReporter reporter, CancellationToken cancellationToken);

    /// <summary>Says of each kind of run how it went over the time, and where its duration, size and speed are going.</summary>
    Task<IReadOnlyList<RunSummary>> SummarizeHistoryAsync(HistoryQuery query, IEngineReporter reporter, CancellationToken cancellationToken);

    /// <summary>Describes an archive, a dump folder or an RDB outside any destination.</summary>
    Task<BackupInfo> OpenPathAsync(PathQuery query, IEngineReporter reporter, CancellationToken cancellationToken);

    /// <summary>Tests a backup. What is wrong with the backup is in the result, never thrown; what prevents the test is thrown.</summary>
    Task<VerificationResult> TestAsync(VerificationOptions options, IEngineReporter reporter, CancellationToken cancellationToken);

    /// <summary>Plans a restore without writing.</summary>
    Task<RestorePlan> PlanRestoreAsync(RestoreOptions options, IEngineReporter reporter, CancellationToken cancellationToken);

    /// <summary>Restores a backup. A partly failed restore throws.</summary>
    Task<RestoreResult> RestoreAsync(RestoreOptions options, IEngineReporter reporter, CancellationToken cancellationToken);

    /// <summary>Writes the RDBs of a backup of Redis as plain files for servers to start from.</summary>
    Task<RdbExport> ExportAsync(ExportOptions options, IEngineReporter reporter, CancellationToken cancellationToken);

    /// <summary>
    /// Says what has to be thawed of a backup before it can be read. Nothing is requested.
    /// </summary>
    /// <returns>Null when it can be read now, if need be from a fall-back.</returns>
    Task<ThawResult?> PlanThawAsync(ThawOptions options, IEngineReporter reporter, CancellationToken cancellationToken);

    /// <summary>Requests that what a backup consists of be thawed, where that is not on its way.</summary>
    /// <returns>Null when it can be read now.</returns>
    Task<ThawResult?> ThawAsync(ThawOptions options, IEngineReporter reporter, CancellationToken cancellationToken);

    /// <summary>Decides of each backup whether it stays or goes, newest first. Nothing is written.</summary>
    Task<IReadOnlyList<RetentionDecision>> PlanRetentionAsync(RetentionOptions options, IEngineReporter reporter, CancellationToken cancellationToken);

    /// <summary>Removes what has expired, oldest first. What was not emitted when it fails or is stopped, the next run finishes.</summary>
    IAsyncEnumerable<RemovedBackup> RemoveExpiredAsync(RetentionOptions options, IEngineReporter reporter, CancellationToken cancellationToken);

    /// <summary>Holds a backup, so that retention does not remove it.</summary>
    Task<BackupHold> ProtectAsync(HoldOptions options, IEngineReporter reporter, CancellationToken cancellationToken);

    /// <summary>Lifts the hold of a backup and gives it; null when there was none.</summary>
    Task<BackupHold?> UnprotectAsync(HoldOptions options, IEngineReporter reporter, CancellationToken cancellationToken);

    /// <summary>The schedules that the settings name, with their previous and coming runs.</summary>
    IReadOnlyList<BackupSchedule> GetSchedules(ScheduleQuery query);

    /// <summary>Writes schedules in the form of a scheduler.</summary>
    IReadOnlyList<ScheduleFile> ExportSchedules(ScheduleExportOptions options, IEngineReporter reporter);

    /// <summary>Lists what a second destination lacks, newest first. Nothing is written.</summary>
    Task<IReadOnlyList<MissingCopy>> ListMissingAsync(CopyOptions options, IEngineReporter reporter, CancellationToken cancellationToken);

    /// <summary>
    /// Copies backups to a second destination and gives each as it is done. What concerns only one of them is in its result; what no other can
    /// get over is thrown. What was not emitted when it fails or is stopped does not exist there.
    /// </summary>
    IAsyncEnumerable<CopyResult> CopyAsync(CopyOptions options, IEngineReporter reporter, CancellationToken cancellationToken);

    /// <summary>Sends a test notification by every chosen channel. One that fails is a result, never thrown.</summary>
    Task<IReadOnlyList<NotificationResult>> TestNotificationAsync(NotificationOptions options, IEngineReporter reporter, CancellationToken cancellationToken);

    /// <summary>Looks at everything that backups depend on and at the backups themselves. What is down is in the result, never thrown.</summary>
    Task<HealthReport> TestHealthAsync(HealthOptions options, IEngineReporter reporter, CancellationToken cancellationToken);
    /// <summary>Puts a restore or removal that failed while it was planned into the history, and tells of it, as of any other that failed.</summary>
    Task RecordFailureAsync(RunOptions options, BackupException failure, IEngineReporter reporter, CancellationToken cancellationToken);

    /// <summary>What setting the destination up would do. Nothing is written.</summary>
    Task<IReadOnlyList<StoreStep>> PlanStoreAsync(InitializationOptions options, IEngineReporter reporter, CancellationToken cancellationToken);

    /// <summary>Creates the destination and sets it up. A step that the store refuses is a warning and in the result; nothing that is there is weakened.</summary>
    Task<IReadOnlyList<StoreStep>> InitializeStoreAsync(InitializationOptions options, IEngineReporter reporter, CancellationToken cancellationToken);

    /// <summary>The least IAM policy, as JSON, for a purpose at the destination, which must be in S3. Nothing is asked of the store.</summary>
    string DescribePolicy(StorePolicy policy, InitializationOptions options);

    /// <summary>Every setting with its origin.</summary>
    IReadOnlyList<ConfigurationSetting> GetConfiguration(ConfigurationQuery query);
}
