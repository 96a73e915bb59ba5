using System.Management.Automation;

namespace Traf3li.Backup.Commands;

/// <summary>Creates the destination of backups and sets it up, or writes the policies that those who use it need.</summary>
[Cmdlet(VerbsData.Initialize, "Traf3liBackupStore", SupportsShouldProcess = true, DefaultParameterSetName = StoreSet)]
[OutputType(typeof(StoreStep), ParameterSetName = [StoreSet])]
[OutputType(typeof(string), ParameterSetName = [PolicySet])]
public sealed class InitializeTraf3liBackupStoreCommand : EngineCommand
{
    private const string StoreSet = "Store";
    private const string PolicySet = "Policy";
    // The most that S3 takes (Amazon S3 API reference, "DefaultRetention": 100 years).
    private const int MostLockDays = 36500;

    /// <summary>How new objects of a bucket are locked.</summary>
    [Parameter(ParameterSetName = StoreSet)]
    public ObjectLockMode? ObjectLock { get; set; }

    /// <summary>For how many days they are locked.</summary>
    [Parameter(ParameterSetName = StoreSet)]
    [ValidateRange(1, MostLockDays)]
    public int LockDays { get; set; } = 30;

    /// <summary>After how many days backups are moved to GLACIER; 0 for never.</summary>
    [Parameter(ParameterSetName = StoreSet)]
    [ValidateRange(0, MostLockDays)]
    public int ArchiveAfterDays { get; set; } = 90;

    /// <summary>After how many days older versions are removed; 0 for never.</summary>
    [Parameter(ParameterSetName = StoreSet)]
    [ValidateRange(0, MostLockDays)]
    public int OldVersionDays { get; set; } = 30;

    /// <summary>Writes the least IAM policies for these purposes instead.</summary>
    [Parameter(Mandatory = true, ParameterSetName = PolicySet)]
    public StorePolicy[] AsPolicy { get; set; } = [];

    /// <inheritdoc />
    protected override async Task ProcessRecordAsync(CancellationToken cancellationToken)
    {
        var options = ToOptions();
        if (ParameterSetName == PolicySet)
        {
            foreach (var policy in AsPolicy)
            {
                await WriteObjectAsync(Engine.DescribePolicy(policy, options));
            }

            return;
        }

        var plan = await Engine.PlanStoreAsync(options, Reporter, cancellationToken);
        var open = plan.Where(step => step.Status == StoreStepStatus.WouldDo).Select(step => step.Name).ToList();
        var what = $"{plan[0].Destination}: {(open.Count == 0 ? "nothing is left to do" : string.Join(", ", open))}";
        var (agreed, reason) = await ShouldProcessAsync($"Set up {what}", $"Set up {what}?", "Set up a destination", cancellationToken);
        if (!agreed && !reason.HasFlag(ShouldProcessReason.WhatIf))
        {
            return;
        }

        var steps = agreed ? await Engine.InitializeStoreAsync(options, Reporter, cancellationToken) : plan;
        foreach (var step in steps)
        {
            await WriteObjectAsync(step);
        }

        // It was asked for by name, so a script must not take the rest for it.
        if (ObjectLock is not null && steps.FirstOrDefault(step => step is { Name: "Object Lock", Status: StoreStepStatus.Refused }) is { } refused)
        {
            await WriteErrorAsync(new StoreFailedException("Object Lock", refused.Destination, refused.Detail));
        }
    }

    private InitializationOptions ToOptions() => new()
    {
        WorkingDirectory = WorkingDirectory,
        EnvFile = EnvFilePath,
        Destination = DestinationPath,
        DestinationCredential = DestinationLogin,
        Environment = Environment,
        ObjectLock = ObjectLock,
        LockDays = LockDays,
        ArchiveAfterDays = ArchiveAfterDays,
        OldVersionDays = OldVersionDays,
    };
}
