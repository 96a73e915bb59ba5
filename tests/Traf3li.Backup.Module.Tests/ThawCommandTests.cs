using Traf3li.Backup.Module.Tests.Hosting;
using Traf3li.Backup.Testing.Network;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Module.Tests;

/// <summary>-Thaw as its users meet it, with a real backup in a bucket that archives.</summary>
public sealed class ThawCommandTests : IAsyncLifetime
{
    private readonly ArchiveBucket _bucket = new();
    private readonly AnsweringHttpServer _server;
    private readonly ModuleSession _session = new();
    private readonly List<RedisServer> _servers = [];

    public ThawCommandTests() => _server = new AnsweringHttpServer(_bucket.Answer);

    private string Key => _bucket.Keys.Single(key => key.EndsWith(".rdb.gz", StringComparison.Ordinal));

    public async ValueTask InitializeAsync()
    {
        var source = await RedisServer.StartOrSkipAsync();
        var target = await RedisServer.StartOrSkipAsync();
        _servers.AddRange(source, target);
        await source.RunAsync("SET a 1", "RPUSH b 1 2 3");
        _session.Run(
            """
            param($endpoint, $source, $target)
            $login = [pscredential]::new('none', [System.Net.NetworkCredential]::new('', 'none').SecurePassword)
            $global:target = $target
            $global:common = @{ Destination = "s3://archive?endpoint=http://$endpoint"; DestinationCredential = $login; WarningAction = 'SilentlyContinue'; ErrorAction = 'Stop' }
            $global:key = (New-Traf3liBackup -Source Redis -Uri $source @common).Key
            """,
            _server.EndPoint.ToString(), source.Uri, target.Uri);
        _bucket.Move(Key, "GLACIER");
    }

    public async ValueTask DisposeAsync()
    {
        _session.Dispose();
        await _server.DisposeAsync();
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public void The_list_says_archived()
    {
        Assert.Contains("Archived", Render("Get-Traf3liBackup @common"), StringComparison.Ordinal);
        Assert.Equal("GLACIER Archived True", One("Get-Traf3liBackup @common | ForEach-Object { \"$($_.StorageClass) $($_.ThawStatus) $($_.IsArchived)\" }"));
    }

    [Fact]
    public void A_test_waits_for_the_thaw_and_then_tests()
    {
        Assert.Contains("NotTested", Render("Test-Traf3liBackup $key -Thaw -WhatIf @common"), StringComparison.Ordinal);
        Assert.Null(_bucket.RequestedOf(Key));

        Assert.Equal("False", One("Test-Traf3liBackup $key -Thaw -Quiet @common"));
        Assert.Contains("<Days>7</Days>", _bucket.RequestedOf(Key), StringComparison.Ordinal);
        Assert.Equal("NotTested InProgress False", One("$r = Test-Traf3liBackup $key -Thaw @common; \"$($r.Status) $($r.Thaw.Status) $($r.IsValid)\""));
        Assert.Equal("ObjectArchived,Traf3li.Backup.Commands.TestTraf3liBackupCommand", Error("Test-Traf3liBackup $key -Thaw -PassThru @common"));
        Assert.Equal("ObjectArchived,Traf3li.Backup.Commands.RestoreTraf3liBackupCommand", Error("Test-Traf3liBackup $key -Thaw @common | Restore-Traf3liBackup -Uri $target -Confirm:$false @common"));

        _bucket.Finish();
        Assert.Equal("Valid True 2", One("$r = Test-Traf3liBackup $key -Thaw @common; \"$($r.Status) $($r.IsValid) $($r.DocumentCount)\""));
    }

    [Fact]
    public async Task A_restore_waits_for_the_thaw_and_then_restores()
    {
        Assert.Equal("ObjectArchived,Traf3li.Backup.Commands.RestoreTraf3liBackupCommand", Error("Restore-Traf3liBackup $key -Uri $target -Confirm:$false @common"));
        Assert.Equal("Archived", One("(Restore-Traf3liBackup $key -Uri $target -Thaw -WhatIf @common).Status"));
        Assert.Null(_bucket.RequestedOf(Key));

        var shown = Render("Restore-Traf3liBackup $key -Uri $target -Thaw -ThawTier Expedited -ThawDays 2 -Confirm:$false @common");
        Assert.Contains("Requested", shown, StringComparison.Ordinal);
        Assert.Contains("Expedited", shown, StringComparison.Ordinal);
        Assert.Equal("InProgress 3", One("$r = Restore-Traf3liBackup $key -Uri $target -Thaw -Confirm:$false @common; \"$($r.Status) $($r.ExitCode)\""));
        Assert.Equal("Restore NothingToDo", One("Get-Traf3liBackupHistory -Latest 1 @common | ForEach-Object { \"$($_.Operation) $($_.Outcome)\" }"));

        _bucket.Finish();
        Assert.Equal("2", One("(Restore-Traf3liBackup $key -Uri $target -Thaw -Confirm:$false @common).DocumentCount"));
        Assert.Equal("1", await _servers[1].RunAsync("GET a"));
    }

    [Fact]
    public void A_tier_without_a_thaw_and_a_tier_that_a_class_lacks_are_refused()
    {
        Assert.StartsWith("ConfigurationInvalid", Error("Test-Traf3liBackup $key -ThawTier Bulk @common"), StringComparison.Ordinal);
        _bucket.Move(Key, "DEEP_ARCHIVE");
        Assert.StartsWith("ConfigurationInvalid", Error("Test-Traf3liBackup $key -Thaw -ThawTier Expedited @common"), StringComparison.Ordinal);
        Assert.Null(_bucket.RequestedOf(Key));
    }

    private string Render(string script) => _session.Render(script);

    private string One(string script) => Assert.Single(_session.Run(script)).ToString();

    private string Error(string script) => One($"try {{ {script} > $null; 'none' }} catch {{ $_.FullyQualifiedErrorId }}");
}
