using Traf3li.Backup.Module.Tests.Hosting;

namespace Traf3li.Backup.Module.Tests.Commands;

/// <summary>An object that names key and destination, such as a copy or a decision of retention, is looked for there and nowhere else.</summary>
public sealed class NamedDestinationTests : IDisposable
{
    private const string Key = "backups/daily/2026/11/mongodb-daily-prod-2026-11-20T02-00-00-000Z.archive.gz";

    private readonly string _folder = Directory.CreateTempSubdirectory("traf3li-named ").FullName;
    private readonly ModuleSession _session = new();

    public NamedDestinationTests()
    {
        File.WriteAllText(Path.Combine(_folder, ".env"), $"BACKUP_DESTINATION={Path.Combine(_folder, "first")}\n");
        foreach (var destination in new[] { "first", "mirror" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder, destination, Key))!);
        }

        File.WriteAllText(Path.Combine(_folder, "first", Key), new string('x', 100));
        _session.Run("param($folder) Set-Location -LiteralPath $folder; $global:first = \"$folder/first\"; $global:PSDefaultParameterValues = @{ '*-Traf3li*:EnvFile' = \"$folder/.env\" }", _folder);
    }

    public void Dispose()
    {
        _session.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_test_of_what_was_copied_reads_the_copy()
    {
        var tested = _session.Run("Get-Traf3liBackup | Copy-Traf3liBackup -To ./mirror | Test-Traf3liBackup | ForEach-Object { $_.Backup.Destination }");
        Assert.Equal(Path.Combine(_folder, "mirror"), Assert.Single(tested).ToString());
    }

    [Fact]
    public void A_decision_about_a_mirror_holds_what_is_in_the_mirror()
    {
        File.WriteAllText(Path.Combine(_folder, "mirror", Key), new string('x', 100));
        _session.Run("Get-Traf3liRetentionPlan -Destination ./mirror | Protect-Traf3liBackup -Reason mirror");
        Assert.True(File.Exists(Path.Combine(_folder, "mirror", Key + ".hold.json")));
        Assert.False(File.Exists(Path.Combine(_folder, "first", Key + ".hold.json")));

        _session.Run("Get-Traf3liRetentionPlan -Destination ./mirror | Unprotect-Traf3liBackup");
        Assert.False(File.Exists(Path.Combine(_folder, "mirror", Key + ".hold.json")));
    }

    [Fact]
    public void Objects_of_several_destinations_go_through_one_pipeline()
    {
        File.WriteAllText(Path.Combine(_folder, "mirror", Key), new string('x', 100));
        var listed = _session.Run("& { Get-Traf3liRetentionPlan -Destination ./mirror; [pscustomobject]@{ Key = (Get-Traf3liBackup).Key }; Get-Traf3liRetentionPlan -Destination ./mirror } | Get-Traf3liBackup | ForEach-Object Destination");
        Assert.Equal(["mirror", "first", "mirror"], listed.Select(item => Path.GetFileName(item.ToString())));
        Assert.Equal("Copied", _session.Run("(Get-Traf3liRetentionPlan -Destination ./mirror | Copy-Traf3liBackup -To ./third).Status")[0].ToString());
    }

    [Fact]
    public void What_is_given_wins()
    {
        File.WriteAllText(Path.Combine(_folder, "mirror", Key), new string('x', 100));
        var listed = _session.Run("Get-Traf3liRetentionPlan -Destination ./mirror | Get-Traf3liBackup -Destination $first | ForEach-Object Destination");
        Assert.Equal("first", Path.GetFileName(Assert.Single(listed).ToString()));
        foreach (var way in new[] { "$mirror | Test-Traf3liBackup -Destination $first", "Test-Traf3liBackup -Backup $mirror -Destination $first", "Test-Traf3liBackup $mirror.Key -Destination $first" })
        {
            listed = _session.Run($"$mirror = Get-Traf3liBackup -Destination ./mirror; ({way}).Backup.Key");
            Assert.Equal(Key, Assert.Single(listed).ToString());
        }

        listed = _session.Run("$mirror = Get-Traf3liBackup -Destination ./mirror; $mirror | Protect-Traf3liBackup -Reason given -Destination $first; Copy-Traf3liBackup -Backup $mirror -Destination $first -To ./third");
        Assert.Equal(2, listed.Count);
        Assert.True(File.Exists(Path.Combine(_folder, "first", Key + ".hold.json")));
        listed = _session.Run("Get-Traf3liBackup -Destination ./mirror | Test-Traf3liBackup | ForEach-Object { $_.Backup.Destination }");
        Assert.Equal("mirror", Path.GetFileName(Assert.Single(listed).ToString()));
    }
}
