using Traf3li.Backup.Module.Tests.Hosting;

namespace Traf3li.Backup.Module.Tests;

public sealed class ModuleTests
{
    private static readonly string[] Cmdlets =
        [
            "Copy-Traf3liBackup", "Export-Traf3liBackupSchedule", "Get-Traf3liBackup", "Get-Traf3liBackupConfiguration", "Get-Traf3liBackupHistory", "Get-Traf3liBackupSchedule",
            "Get-Traf3liRetentionPlan", "Initialize-Traf3liBackupStore", "New-Traf3liBackup", "Protect-Traf3liBackup", "Remove-Traf3liExpiredBackup", "Restore-Traf3liBackup", "Send-Traf3liTestNotification",
            "Test-Traf3liBackup", "Test-Traf3liBackupHealth", "Unprotect-Traf3liBackup",
        ];

    [Fact]
    public void Exports_its_cmdlets_and_nothing_else()
    {
        using var session = new ModuleSession();
        var names = session.Run("(Get-Module Traf3li.Backup).ExportedCommands.Keys").Select(name => name.ToString()).Order(StringComparer.Ordinal);
        Assert.Equal<string>(Cmdlets, names, StringComparer.Ordinal);
    }

    [Fact]
    public void Is_removed_and_imported_again()
    {
        using var session = new ModuleSession();
        session.Run("Remove-Module Traf3li.Backup");
        Assert.Empty(session.Run("Get-Command -Module Traf3li.Backup"));
        session.Run("Import-Module $args[0]", Artifact.Manifest);
        Assert.NotEmpty(session.Run("Get-Traf3liBackupConfiguration"));
    }

    [Fact]
    public void The_manifest_is_valid_and_its_version_names_the_folder()
    {
        using var session = new ModuleSession();
        var version = session.Run("(Test-ModuleManifest $args[0]).Version", Artifact.Manifest).Single().ToString();
        Assert.Equal(version, Path.GetFileName(Path.TrimEndingDirectorySeparator(Artifact.ModulePath)));
    }

    [Fact]
    public void The_folder_holds_what_it_should_and_nothing_of_PowerShell()
    {
        var files = Directory.GetFiles(Artifact.ModulePath, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Artifact.ModulePath, file).Replace('\\', '/'))
            .ToList();
        foreach (var expected in new[]
        {
            "Traf3li.Backup.dll", "Traf3li.Backup.Abstractions.dll", "Traf3li.Backup.Format.ps1xml", "Traf3li.Backup.Types.ps1xml",
            "en-US/Traf3li.Backup.dll-Help.xml", "en-US/about_Traf3liBackup.help.txt",
            "lib/Traf3li.Backup.Engine.dll", "lib/Traf3li.Backup.Engine.deps.json", "lib/MongoDB.Driver.dll", "lib/AWSSDK.S3.dll",
        })
        {
            Assert.Contains(expected, files, StringComparer.Ordinal);
        }

        Assert.DoesNotContain(files, file => file.Contains("System.Management.Automation", StringComparison.Ordinal));
        Assert.DoesNotContain(files, file => file.StartsWith("lib/Traf3li.Backup.Abstractions", StringComparison.Ordinal));
        Assert.DoesNotContain(files, file => file.EndsWith(".pdb", StringComparison.Ordinal));
    }
}
