using System.Collections;
using System.Management.Automation;
using Traf3li.Backup.Parameters;

namespace Traf3li.Backup.Commands;

/// <summary>Restores a backup, after asking when live data is touched.</summary>
[Cmdlet(VerbsData.Restore, "Traf3liBackup", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, DefaultParameterSetName = BackupSet)]
[OutputType(typeof(RestoreResult), typeof(RestorePlan), typeof(BackupInfo), typeof(RdbExport), typeof(ThawResult))]
public sealed class RestoreTraf3liBackupCommand : ThawCommand
{
    private const string TestedSet = "Tested";

    private static readonly HashSet<string> FitsOutFile = new(
        [
            nameof(Backup), nameof(Key), nameof(Path), nameof(LiteralPath), nameof(VerificationResult), nameof(OutFile), nameof(Force), nameof(Thaw), nameof(ThawTier), nameof(ThawDays),
            nameof(Destination), nameof(DestinationCredential), nameof(Environment), nameof(EnvFile), .. CommonParameters, .. OptionalCommonParameters,
        ],
        StringComparer.OrdinalIgnoreCase);

    private bool _isWhatIf;
    private bool _mustAsk;
    private string? _outFile;

    /// <summary>The result of a test, whose backup is restored when it is good.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = TestedSet)]
    [ValidateNotNull]
    public VerificationResult? VerificationResult { get; set; }

    /// <inheritdoc />
    [Parameter(ParameterSetName = BackupSet)]
    [Parameter(ParameterSetName = TestedSet)]
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = KeySet)]
    [ValidateNotNullOrEmpty]
    public override string[] Destination { get => base.Destination; set => base.Destination = value; }

    /// <summary>The target's connection string.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Uri { get; set; }

    /// <summary>User and password of the target.</summary>
    [Parameter]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>Namespaces of the backup to restore.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Namespace { get; set; } = [];

    /// <summary>Namespaces of the backup to leave out.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] ExcludeNamespace { get; set; } = [];

    /// <summary>The one database that everything is restored into.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ToDatabase { get; set; }

    /// <summary>New names for namespaces.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary NamespaceMap { get; set; } = new Hashtable();

    /// <summary>Adds to live collections instead of replacing them.</summary>
    [Parameter]
    public SwitchParameter Merge { get; set; }

    /// <summary>Writes straight into the live names.</summary>
    [Parameter]
    public SwitchParameter InPlace { get; set; }

    /// <summary>Takes no safety backup.</summary>
    [Parameter]
    public SwitchParameter NoSafetyBackup { get; set; }

    /// <summary>Applies only oplog entries before this position.</summary>
    [Parameter]
    [OplogPositionTransformation]
    public OplogPosition? OplogLimit { get; set; }

    /// <summary>Goes on although the server refused documents.</summary>
    [Parameter]
    public SwitchParameter AllowRefused { get; set; }

    /// <summary>Builds no index but that of _id.</summary>
    [Parameter]
    public SwitchParameter NoIndex { get; set; }

    /// <summary>The members that have to be ready before an index build commits.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? CommitQuorum { get; set; }

    /// <summary>Restores users and roles.</summary>
    [Parameter]
    public SwitchParameter IncludeUsersAndRoles { get; set; }

    /// <summary>Keys of a Redis backup to restore.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] KeyPattern { get; set; } = [];

    /// <summary>Databases of a Redis backup to restore, by number.</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int[] DatabaseIndex { get; set; } = [];

    /// <summary>Reads every restored key of a Redis server back and compares it.</summary>
    [Parameter]
    public SwitchParameter Verify { get; set; }

    /// <summary>The RDB to write instead of restoring into a server, for one that is to start from it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? OutFile { get; set; }

    /// <summary>Skips the extra question about environments, and replaces the file of -OutFile.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Emits the backup instead of the result.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>How long a lock that another run holds is waited for.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? WaitForLock { get; set; }

    /// <inheritdoc />
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _isWhatIf = IsWhatIf();
        _mustAsk = _isWhatIf || MyInvocation.BoundParameters.ContainsKey("WhatIf") || MyInvocation.BoundParameters.ContainsKey("Confirm");
    }

    /// <inheritdoc />
    private protected override bool TakesWildcardKey => false;

    /// <inheritdoc />
    private protected override BackupInfo? GivenBackup()
    {
        if (VerificationResult is not { } result)
        {
            return Backup;
        }

        if (result.Thaw is { } thaw)
        {
            throw new ObjectArchivedException(thaw);
        }

        return result.IsValid ? result.Backup : throw new VerificationFailedException(result.Backup.Key, string.Join(' ', result.Problem));
    }

    /// <inheritdoc />
    private protected override async Task ProcessBackupAsync(BackupInfo backup, CancellationToken cancellationToken)
    {
        RequireFitting();
        if (await ThawAsync(backup, RunOperation.Restore, null, cancellationToken) is { } thaw)
        {
            await WriteObjectAsync(thaw);
            return;
        }

        if (OutFile is not null)
        {
            await ExportAsync(backup, cancellationToken);
            return;
        }

        var options = ToOptions(backup);
        var plan = await PlanAsync(options, cancellationToken);
        if (plan.TouchesLiveData || _mustAsk)
        {
            var prompt = new RestorePrompt(plan, TimeProvider.System.GetUtcNow());
            var (agreed, reason) = await ShouldProcessAsync(prompt.Description, prompt.Question, RestorePrompt.Caption, cancellationToken);
            if (reason.HasFlag(ShouldProcessReason.WhatIf))
            {
                await WriteObjectAsync(plan);
            }

            if (!agreed)
            {
                return;
            }

            if (prompt.ForeignEnvironmentQuestion is { } question && !Force && !await ShouldContinueAsync(question, RestorePrompt.Caption, cancellationToken))
            {
                return;
            }
        }

        // Where the plan has found it.
        var result = await Engine.RestoreAsync(options with { Backup = plan.Backup }, Reporter, cancellationToken);
        await WriteObjectAsync(PassThru ? backup : result);
    }

    private async Task<RestorePlan> PlanAsync(RestoreOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return await Engine.PlanRestoreAsync(options, Reporter, cancellationToken);
        }
        catch (BackupException failure) when (!_isWhatIf)
        {
            await Engine.RecordFailureAsync(options, failure, Reporter, cancellationToken);
            throw;
        }
    }

    /// <summary>The provider's path, which only PowerShell's own thread may ask for.</summary>
    private protected override void PrepareRecord()
    {
        base.PrepareRecord();
        _outFile = OutFile is null ? null : SessionState.Path.GetUnresolvedProviderPathFromPSPath(OutFile);
    }

    private void RequireFitting()
    {
        if (OutFile is not null && MyInvocation.BoundParameters.Keys.FirstOrDefault(name => !FitsOutFile.Contains(name)) is { } foreign)
        {
            throw new ConfigurationInvalidException(foreign, "it is about a restore into a server, and -OutFile writes a file for one to start from.", $"Leave -{foreign} or -OutFile away.");
        }
    }

    private async Task ExportAsync(BackupInfo backup, CancellationToken cancellationToken)
    {
        if (_mustAsk || (Force && File.Exists(_outFile)))
        {
            var action = $"Write the RDB of {backup.Key} to {_outFile}.{(File.Exists(_outFile) ? " Replaces the file." : "")}";
            var (agreed, _) = await ShouldProcessAsync(action, $"{action}\nContinue?", "Write an RDB", cancellationToken);
            if (!agreed)
            {
                return;
            }
        }

        var options = From(backup, new ExportOptions
        {
            WorkingDirectory = WorkingDirectory,
            Backup = backup,
            OutFile = _outFile!,
            Overwrite = Force,
        });
        await WriteObjectAsync(await Engine.ExportAsync(options, Reporter, cancellationToken));
    }

    private RestoreOptions ToOptions(BackupInfo backup) => From(backup, new RestoreOptions
    {
        WorkingDirectory = WorkingDirectory,
        WaitForLock = WaitForLock,
        Notify = Notify,
        Backup = backup,
        Uri = Uri,
        Credential = Credential?.GetNetworkCredential(),
        Namespace = Namespace,
        ExcludeNamespace = ExcludeNamespace,
        ToDatabase = ToDatabase,
        NamespaceMap = [.. NamespaceMap.Cast<DictionaryEntry>().Select(entry => KeyValuePair.Create($"{entry.Key}", $"{entry.Value}"))],
        Merge = Merge,
        InPlace = InPlace,
        NoSafetyBackup = NoSafetyBackup,
        OplogLimit = OplogLimit,
        AllowRefused = AllowRefused,
        NoIndex = NoIndex,
        CommitQuorum = CommitQuorum,
        IncludeUsersAndRoles = IncludeUsersAndRoles,
        KeyPattern = KeyPattern,
        DatabaseIndex = DatabaseIndex,
        Verify = Verify,
    });
}
