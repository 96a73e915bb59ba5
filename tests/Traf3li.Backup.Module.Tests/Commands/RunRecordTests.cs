using Traf3li.Backup.Module.Tests.Hosting;
using Traf3li.Backup.Module.Tests.Servers;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Module.Tests.Commands;

/// <summary>What the commands leave in the history.</summary>
[Collection(SharedServerCollection.Name)]
public sealed class RunRecordTests(MongoFixture mongo) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("traf3li-records-").FullName;
    private readonly ModuleSession _session = new();

    [Fact]
    public async Task Every_command_that_does_something_leaves_a_record_and_no_other()
    {
        var server = await mongo.GetAsync();
        await MongoFixture.ResetAsync(server);
        _session.Run(
            """
            $uri, $folder = $args
            $backup = New-Traf3liBackup -Uri $uri -Destination $folder -Type Daily
            $backup | Test-Traf3liBackup -Destination $folder
            $backup | Protect-Traf3liBackup -Reason audit -Destination $folder
            Unprotect-Traf3liBackup $backup.Key -Destination $folder
            $backup | Restore-Traf3liBackup -Uri $uri -Destination $folder -Confirm:$false
            New-Traf3liBackup -Uri $uri -Destination $folder -WhatIf
            Remove-Traf3liExpiredBackup -Destination $folder -WhatIf
            Remove-Traf3liExpiredBackup -Destination $folder -Confirm:$false
            Get-Traf3liRetentionPlan -Destination $folder
            """,
            server.Uri,
            _folder);

        var records = _session.Run("Get-Traf3liBackupHistory -Destination $args[0]", _folder).Select(item => Assert.IsType<RunRecord>(item.BaseObject)).Reverse().ToList();

        Assert.Equal(
            ["Backup", "Test", "Protection", "Unprotection", "Restore", "Removal"], records.Select(record => record.Operation.ToString()));
        Assert.All(records, record => Assert.Equal($"{Environment.UserName}@{Environment.MachineName}", record.User));
        Assert.NotNull(records[4].SafetyBackupKey);
        Assert.Equal([0, 0, 0, 0, 0, 3], records.Select(record => record.ExitCode));
    }

    [Fact]
    public async Task A_restore_that_fails_while_it_is_planned_is_remembered_and_its_trial_is_not()
    {
        var server = await mongo.GetAsync();
        await MongoFixture.ResetAsync(server);
        const string Restore = "Get-Traf3liBackup -Destination $args[0] | Restore-Traf3liBackup -Uri $args[1] -Destination $args[0]";
        var absent = $"mongodb://127.0.0.1:{FreePort.Next()}/?serverSelectionTimeoutMS=300";
        _session.Run("New-Traf3liBackup -Uri $args[0] -Destination $args[1]", server.Uri, _folder);

        Assert.StartsWith("ServerUnreachable,", _session.Fail($"{Restore} -WhatIf", _folder, absent).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.StartsWith("ServerUnreachable,", _session.Fail($"{Restore} -Confirm:$false", _folder, absent).FullyQualifiedErrorId, StringComparison.Ordinal);

        var record = Assert.IsType<RunRecord>(_session.Run("Get-Traf3liBackupHistory -Operation Restore -Destination $args[0]", _folder).Single().BaseObject);
        Assert.Equal((RunOutcome.Failed, "ServerUnreachable", 1), (record.Outcome, record.ErrorId, record.ExitCode));
    }

    public void Dispose()
    {
        _session.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
