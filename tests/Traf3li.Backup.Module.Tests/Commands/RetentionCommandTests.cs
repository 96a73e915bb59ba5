using System.Management.Automation;
using Traf3li.Backup.Commands;
using Traf3li.Backup.Module.Tests.Hosting;

namespace Traf3li.Backup.Module.Tests.Commands;

/// <summary>The cmdlets over a folder that holds what a killed backup left, which retention removes, and a backup of the Node scripts, which it keeps.</summary>
public sealed class RetentionCommandTests : IDisposable
{
    private const string Orphan = "backups/daily/2020/01/mongodb-daily-production-2020-01-01T02-00-00-000Z.archive.zst";
    private const string Legacy = "backups/daily/2020/01/mongodb-daily-production-2020-01-02T02-00-00-000Z.archive.gz";

    private readonly string _folder = Directory.CreateTempSubdirectory("traf3li-retention-").FullName;
    private readonly ModuleSession _session = new();

    public RetentionCommandTests()
    {
        foreach (var key in new[] { Orphan, Legacy })
        {
            var path = Path.Combine(_folder, key);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "0123456789");
            File.SetLastWriteTimeUtc(path, new DateTime(2020, 1, 3, 0, 0, 0, DateTimeKind.Utc));
        }
    }

    public void Dispose()
    {
        _session.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void The_plan_and_WhatIf_say_the_same_and_remove_nothing()
    {
        var plan = Decisions("Get-Traf3liRetentionPlan -Destination $args[0]");
        var whatIf = Decisions("Remove-Traf3liExpiredBackup -Destination $args[0] -WhatIf");

        Assert.Equal([$"Keep {Legacy}", $"Remove {Orphan}"], plan);
        Assert.Equal(plan, whatIf);
        Assert.True(Exists(Orphan));
    }

    [Fact]
    public void What_was_removed_is_emitted_with_its_reason()
    {
        var removed = (RemovedBackup)_session.Run("Remove-Traf3liExpiredBackup -Destination $args[0] -Confirm:$false", _folder).Single().BaseObject;

        Assert.Equal((Orphan, 10L, 1), (removed.Key, removed.Size, removed.ObjectCount));
        Assert.StartsWith("left over", removed.Reason[0].Text, StringComparison.Ordinal);
        Assert.False(Exists(Orphan));
        Assert.True(Exists(Legacy));
    }

    [Fact]
    public void Explain_gives_every_reason_of_one()
    {
        var reasons = _session.Run("Get-Traf3liRetentionPlan -Destination $args[0] -Explain $args[1]", _folder, Legacy).Select(item => ((RetentionReason)item.BaseObject).Action);

        Assert.Equal([RetentionAction.Keep, RetentionAction.Remove], reasons);
        Assert.Equal("BackupNotFound", _session.Fail("Get-Traf3liRetentionPlan -Destination $args[0] -Explain x", _folder).FullyQualifiedErrorId.Split(',')[0]);
    }

    [Fact]
    public void What_is_protected_stays_until_it_is_unprotected()
    {
        var hold = (BackupHold)_session.Run("Get-Traf3liBackup -Destination $args[0] -Status Incomplete | Protect-Traf3liBackup -Reason 'audit 2026'", _folder).Single().BaseObject;
        Assert.Equal((Orphan, "audit 2026"), (hold.Key, hold.Reason));
        Assert.Empty(_session.Run("Remove-Traf3liExpiredBackup -Destination $args[0] -Confirm:$false", _folder));

        Assert.Empty(_session.Run("Unprotect-Traf3liBackup -Destination $args[0] $args[1] -WhatIf", _folder, Orphan));
        Assert.Single(_session.Run("Unprotect-Traf3liBackup -Destination $args[0] $args[1]", _folder, Orphan));
        Assert.Single(_session.Run("Remove-Traf3liExpiredBackup -Destination $args[0] -Confirm:$false", _folder));
    }

    [Fact]
    public void A_hold_may_have_an_end()
    {
        var hold = (BackupHold)_session.Run("Protect-Traf3liBackup -Destination $args[0] $args[1] audit -Until ([datetime]'2999-03-01T12:00:00+02:00')", _folder, Legacy).Single().BaseObject;

        Assert.Equal((new DateTime(2999, 3, 1, 10, 0, 0, DateTimeKind.Utc), HoldLock.None), (hold.Until, hold.ObjectLock));
        Assert.Contains(_session.Run("Get-Traf3liRetentionPlan -Destination $args[0] -Explain $args[1]", _folder, Legacy), item => ((RetentionReason)item.BaseObject).Text.Contains("until 2999-03-01 10:00 UTC: audit", StringComparison.Ordinal));
        Assert.Equal("ConfigurationInvalid", _session.Fail("Protect-Traf3liBackup -Destination $args[0] $args[1] audit -Until 2020-01-01", _folder, Orphan).FullyQualifiedErrorId.Split(',')[0]);
    }

    [Fact]
    public void A_backup_that_is_missing_is_an_error_and_the_others_are_held()
    {
        var error = _session.Fail("Protect-Traf3liBackup -Destination $args[0] -Key backups/none, $args[1] -Reason audit", _folder, Legacy);

        Assert.Equal("BackupNotFound", error.FullyQualifiedErrorId.Split(',')[0]);
        Assert.True(Exists(Legacy + ".hold.json"));
    }

    [Fact]
    public void A_policy_that_makes_no_sense_is_refused()
    {
        Assert.Equal(ErrorCategory.InvalidData, _session.Fail("Get-Traf3liRetentionPlan -Destination $args[0] -KeepDaily -1", _folder).CategoryInfo.Category);
        Assert.Equal(ErrorCategory.InvalidData, _session.Fail("Get-Traf3liRetentionPlan -Destination $args[0] -KeepWithin soon", _folder).CategoryInfo.Category);
    }

    [Fact]
    public void The_question_names_what_would_go()
    {
        var plan = Enumerable.Range(1, 30).Select(index => new RetentionDecision
        {
            Key = $"backups/{index:00}",
            Destination = "/mnt/backups",
            Size = 1024,
            Decision = index <= 25 ? RetentionAction.Remove : RetentionAction.Keep,
            Reason = [new RetentionReason(RetentionAction.Remove, "outside of the policy: 9th of 7 daily")],
        }).ToList();

        var prompt = new RetentionPrompt(plan, "elsewhere");

        Assert.Equal("Remove 25 of 30 backups (25.0 KB) from /mnt/backups.", prompt.Description);
        Assert.Contains("backups/20: outside of the policy: 9th of 7 daily\n  and 5 more\n", prompt.Question, StringComparison.Ordinal);
        Assert.DoesNotContain("backups/21", prompt.Question, StringComparison.Ordinal);
        Assert.Equal("Remove 0 of 0 backups (0 B) from elsewhere.", new RetentionPrompt([], "elsewhere").Description);
    }

    private bool Exists(string key) => File.Exists(Path.Combine(_folder, key));

    private IReadOnlyList<string> Decisions(string script) =>
        [.. _session.Run(script, _folder).Select(item => (RetentionDecision)item.BaseObject).Select(item => $"{item.Decision} {item.Key}")];
}
