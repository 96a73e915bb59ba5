using System.Management.Automation;
using Traf3li.Backup.Completion;
using Traf3li.Backup.Errors;
using Traf3li.Backup.Parameters;
using Traf3li.Backup.Text;

namespace Traf3li.Backup.Commands;

/// <summary>Copies backups to a second destination, or keeps a mirror there up to date.</summary>
[Cmdlet(VerbsCommon.Copy, "Traf3liBackup", SupportsShouldProcess = true, DefaultParameterSetName = BackupSet)]
[OutputType(typeof(CopyResult))]
public sealed class CopyTraf3liBackupCommand : RunCommand
{
    private const string BackupSet = "Backup";
    private const string KeySet = "Key";
    private const string MissingSet = "Missing";

    private string? _to;
    private bool _isWhatIf;

    /// <summary>The backup, as Get- and New-Traf3liBackup emit it.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = BackupSet)]
    [ValidateNotNull]
    public BackupInfo? Backup { get; set; }

    /// <summary>The keys below the destination.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true, ParameterSetName = KeySet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(KeyCompleter))]
    public string[] Key { get; set; } = [];

    /// <inheritdoc />
    [Parameter(ParameterSetName = BackupSet)]
    [Parameter(ParameterSetName = MissingSet)]
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = KeySet)]
    [ValidateNotNullOrEmpty]
    public override string? Destination { get => base.Destination; set => base.Destination = value; }

    /// <summary>Copies everything that the second destination lacks, newest first.</summary>
    [Parameter(Mandatory = true, ParameterSetName = MissingSet)]
    public SwitchParameter Missing { get; set; }

    /// <summary>Where backups are copied to.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? To { get; set; }

    /// <summary>Access key id and secret key of a second destination in S3.</summary>
    [Parameter]
    [Credential]
    public PSCredential? ToCredential { get; set; }

    /// <summary>Reads copies back in full, and those that are there already as well.</summary>
    [Parameter]
    public SwitchParameter Verify { get; set; }

    /// <summary>Backups copied at once.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int? ThrottleLimit { get; set; }

    /// <summary>The most bytes read a second.</summary>
    [Parameter]
    [SizeTransformation]
    [ValidateRange(1, long.MaxValue)]
    public long? RateLimit { get; set; }

    /// <summary>The kind of server.</summary>
    [Parameter(ParameterSetName = MissingSet)]
    public BackupSource? Source { get; set; }

    /// <summary>Schedules.</summary>
    [Parameter(ParameterSetName = MissingSet)]
    public BackupType[] Type { get; set; } = [];

    /// <summary>Only backups begun at or after this time.</summary>
    [Parameter(ParameterSetName = MissingSet)]
    public DateTime? After { get; set; }

    /// <summary>Only backups begun before this time.</summary>
    [Parameter(ParameterSetName = MissingSet)]
    public DateTime? Before { get; set; }

    /// <summary>Only the newest so many.</summary>
    [Parameter(ParameterSetName = MissingSet)]
    [ValidateRange(1, int.MaxValue)]
    public int? Latest { get; set; }

    /// <summary>Takes backups without a manifest as well.</summary>
    [Parameter(ParameterSetName = MissingSet)]
    public SwitchParameter IncludeLegacy { get; set; }

    /// <summary>Days that the second destination keeps.</summary>
    [Parameter(ParameterSetName = MissingSet)]
    [ValidateRange(0, int.MaxValue)]
    public int? KeepDaily { get; set; }

    /// <summary>Weeks that the second destination keeps.</summary>
    [Parameter(ParameterSetName = MissingSet)]
    [ValidateRange(0, int.MaxValue)]
    public int? KeepWeekly { get; set; }

    /// <summary>Months that the second destination keeps.</summary>
    [Parameter(ParameterSetName = MissingSet)]
    [ValidateRange(0, int.MaxValue)]
    public int? KeepMonthly { get; set; }

    /// <summary>Years that the second destination keeps.</summary>
    [Parameter(ParameterSetName = MissingSet)]
    [ValidateRange(0, int.MaxValue)]
    public int? KeepYearly { get; set; }

    /// <inheritdoc />
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _isWhatIf = MyInvocation.BoundParameters.TryGetValue("WhatIf", out var given)
            ? LanguagePrimitives.IsTrue(given)
            : LanguagePrimitives.IsTrue(GetVariableValue("WhatIfPreference"));
        _to = To is null ? null : ResolveDestination(To);
    }

    /// <inheritdoc />
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        var options = ToOptions();
        var chosen = new List<MissingCopy>();
        var found = await FindAsync(options, cancellationToken);
        foreach (var item in found)
        {
            var what = $"{item.Key} ({Readable.Size(item.Size)}) to {_to ?? "the second destination"}";
            var (agreed, _) = await ShouldProcessAsync($"Copy {what}", $"Copy {what}?", "Copy a backup", cancellationToken);
            if (agreed)
            {
                chosen.Add(item);
            }
        }

        // A mirror that lacks nothing is remembered too: its lag is judged by that.
        if (chosen.Count == 0 && (!Missing || found.Count > 0 || _isWhatIf))
        {
            return;
        }

        options = options with { Key = [.. chosen.Select(item => item.Key)], ExpectedSize = chosen.Sum(item => item.Size) };
        await foreach (var result in Engine.CopyAsync(options, Reporter, cancellationToken))
        {
            await (result.Failure is { } failure ? WriteErrorAsync(failure) : WriteObjectAsync(result));
        }
    }

    /// <inheritdoc />
    private protected override bool IsTerminating(BackupException exception) => ErrorRecordFactory.ConcernsEveryRecord(exception);

    private async Task<IReadOnlyList<MissingCopy>> FindAsync(CopyOptions options, CancellationToken cancellationToken)
    {
        if (Missing)
        {
            return await Engine.ListMissingAsync(options, Reporter, cancellationToken);
        }

        if (Backup is { } given)
        {
            return given.Path is { } path
                ? throw new ConfigurationInvalidException("Backup", $"{path} is a file outside of any destination.", "Give a backup of a destination, or copy the file as any other.")
                : [Describe(given)];
        }

        var found = new List<MissingCopy>();
        foreach (var key in ParameterSetName == KeySet ? Key : [])
        {
            var before = found.Count;
            await foreach (var backup in Engine.ListAsync(ToQuery(key), Reporter, cancellationToken))
            {
                found.Add(Describe(backup));
            }

            if (found.Count == before)
            {
                await WriteErrorAsync(new BackupNotFoundException(key, DestinationPath ?? NamedDestination ?? "the configured destination"));
            }
        }

        return found;
    }

    private static MissingCopy Describe(BackupInfo backup) => new() { Key = backup.Key, Source = backup.Source, Type = backup.Type, Date = backup.Date, Size = backup.Size };

    private BackupQuery ToQuery(string key) => new()
    {
        WorkingDirectory = WorkingDirectory,
        EnvFile = EnvFilePath,
        Destination = DestinationPath ?? NamedDestination,
        DestinationCredential = DestinationLogin,
        Key = [key],
    };

    private CopyOptions ToOptions() => new()
    {
        WorkingDirectory = WorkingDirectory,
        EnvFile = EnvFilePath,
        Destination = DestinationPath ?? Backup?.Destination ?? NamedDestination,
        DestinationCredential = DestinationLogin,
        Environment = Environment,
        WaitForLock = WaitForLock,
        Notify = Notify,
        To = _to,
        ToCredential = ToCredential?.GetNetworkCredential(),
        Verify = MyInvocation.BoundParameters.ContainsKey(nameof(Verify)) ? Verify.IsPresent : null,
        ThrottleLimit = ThrottleLimit,
        RateLimit = RateLimit,
        Source = Source,
        Type = Type,
        After = After?.ToUniversalTime(),
        Before = Before?.ToUniversalTime(),
        Latest = Latest,
        IncludeLegacy = IncludeLegacy,
        KeepDaily = KeepDaily,
        KeepWeekly = KeepWeekly,
        KeepMonthly = KeepMonthly,
        KeepYearly = KeepYearly,
    };
}
