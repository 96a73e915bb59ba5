using System.Management.Automation;
using System.Reflection;
using Traf3li.Backup.Errors;
using Traf3li.Backup.Module.Tests.Hosting;

namespace Traf3li.Backup.Module.Tests.Errors;

public sealed class ErrorRecordTests : IDisposable
{
    private const string Password = "h0rse-battery";

    private readonly ModuleSession _session = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("traf3li-module-").FullName;

    [Fact]
    public void A_destination_that_does_not_exist()
    {
        var error = _session.Fail("Get-Traf3liBackup -Destination $args[0]", Path.Combine(_folder, "absent"));
        AssertError(error, "StoreNotFound", ErrorCategory.ObjectNotFound);
    }

    [Fact]
    public void A_setting_that_is_missing()
    {
        var error = _session.Fail("$env:MONGODB_URI = $null; Set-Location $args[0]; New-Traf3liBackup -Destination $args[0]", _folder);
        AssertError(error, "ConfigurationInvalid", ErrorCategory.InvalidArgument);
        Assert.Contains("MONGODB_URI", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_does_not_exist_stops_only_itself()
    {
        using var shell = _session.Create("Test-Traf3liBackup -Destination $args[0] -Key one, two", _folder);
        Assert.Empty(shell.Invoke());
        Assert.Equal(2, shell.Streams.Error.Count);
        Assert.All(shell.Streams.Error, error => AssertError(error, "BackupNotFound", ErrorCategory.ObjectNotFound));
    }

    [Fact]
    public void A_server_that_does_not_answer_and_a_password_that_stays_secret()
    {
        using var shell = _session.Create(
            "New-Traf3liBackup -Uri $args[0] -Destination $args[1] -Verbose",
            $"mongodb://root:{Password}@127.0.0.1:1/?serverSelectionTimeoutMS=300&connectTimeoutMS=300",
            _folder);
        Assert.Empty(shell.Invoke());
        var error = Assert.Single(shell.Streams.Error);
        AssertError(error, "ServerUnreachable", ErrorCategory.ConnectionError);
        var said = string.Join('\n', shell.Streams.Verbose.Select(record => record.Message).Append(error.ToString()).Append(error.Exception.ToString()).Append($"{error.TargetObject}"));
        Assert.DoesNotContain(Password, said, StringComparison.Ordinal);
    }

    [Fact]
    public void Configuration_shows_no_secret()
    {
        File.WriteAllText(Path.Combine(_folder, "secret.env"), $"AWS_SECRET_ACCESS_KEY={Password}\nMONGODB_URI=mongodb://root:{Password}@db1/\nREDIS_URL=redis://:{Password}@cache\n");
        var text = _session.Render("Get-Traf3liBackupConfiguration -EnvFile $args[0] | Format-List *", Path.Combine(_folder, "secret.env"));
        Assert.Contains("db1", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_exception_has_a_category()
    {
        var types = typeof(BackupException).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(BackupException))).ToList();
        Assert.All(types, type =>
        {
            var exception = (BackupException)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type);
            Assert.NotEqual(ErrorCategory.NotSpecified, (ErrorCategory)CategoryOf.Invoke(null, [exception])!);
        });
    }

    public void Dispose()
    {
        _session.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static readonly MethodInfo CategoryOf = typeof(ErrorRecordFactory).GetMethod("Category", BindingFlags.NonPublic | BindingFlags.Static)!;

    private static void AssertError(ErrorRecord error, string id, ErrorCategory category)
    {
        Assert.Equal(id, error.FullyQualifiedErrorId.Split(',')[0]);
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.NotEmpty(error.ErrorDetails.RecommendedAction);
        Assert.IsAssignableFrom<BackupException>(error.Exception);
    }
}
