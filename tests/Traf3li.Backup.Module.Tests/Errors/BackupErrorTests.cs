using System.Text.Json.Nodes;
using Traf3li.Backup.Module.Tests.Hosting;
using Traf3li.Backup.Module.Tests.Servers;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Module.Tests.Errors;

/// <summary>What a user is told about a stored backup that is not what it should be. A test finds it; a restore refuses it and touches nothing.</summary>
[Collection(SharedServerCollection.Name)]
public sealed class BackupErrorTests(MongoFixture mongo) : IAsyncLifetime
{
    private const string Restore = "Restore-Traf3liBackup -Path $args[0] -Uri $args[1] -NoSafetyBackup";

    private readonly ModuleSession _session = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("traf3li-broken-").FullName;
    private MongoServer _server = null!;
    private string _archive = "";

    public async ValueTask InitializeAsync()
    {
        _server = await mongo.GetAsync();
        await MongoFixture.ResetAsync(_server);
        _session.Run("New-Traf3liBackup shop -Uri $args[0] -Destination $args[1] -Compression None", _server.Uri, _folder);
        _archive = Directory.GetFiles(_folder, "*.archive", SearchOption.AllDirectories).Single();
    }

    [Fact]
    public void A_truncated_archive()
    {
        var file = Copy(bytes => bytes[..(bytes.Length * 2 / 3)]);
        ReportedError.Expect(_session, "ArchiveCorrupt", "damaged at byte", "another backup", null, Restore, file, _server.Uri);
        AssertUntouched();
    }

    [Fact]
    public void A_corrupt_archive()
    {
        var file = Copy(bytes =>
        {
            // A length of a document in the middle that reaches beyond everything.
            bytes.AsSpan(bytes.Length / 2, 400).Fill(0x7F);
            return bytes;
        });
        ReportedError.Expect(_session, "ArchiveCorrupt", "damaged at byte", "another backup", null, Restore, file, _server.Uri);
        AssertUntouched();
    }

    [Fact]
    public void A_stored_object_that_has_changed()
    {
        using (var stream = File.Open(_archive, FileMode.Open))
        {
            stream.Position = stream.Length / 2;
            stream.Write(new byte[64]);
        }

        var problems = _session.Run("(Get-Traf3liBackup -Destination $args[0] | Test-Traf3liBackup).Problem", _folder);
        Assert.NotEmpty(problems);
        ReportedError.Expect(_session, "VerificationFailed", "is not what the backup recorded", "Live data was not touched", null, "Get-Traf3liBackup -Destination $args[0] | Test-Traf3liBackup -PassThru", _folder);
    }

    [Fact]
    public void A_foreign_file()
    {
        var file = Copy(_ => "A letter, not a backup."u8.ToArray());
        ReportedError.Expect(_session, "ForeignFile", "is not a backup", "mongodump archive", null, "Get-Traf3liBackup -Path $args[0]", file);
        ReportedError.Expect(_session, "ForeignFile", "is not a backup", "mongodump archive", null, Restore, file, _server.Uri);
    }

    [Fact]
    public void A_path_that_does_not_exist() => ReportedError.Expect(
        _session, "BackupNotFound", "nothing-here", "Get-Traf3liBackup", null, "Get-Traf3liBackup -Path $args[0]", Path.Combine(_folder, "nothing-here"));

    [Fact]
    public void An_unknown_key() => ReportedError.Expect(
        _session, "BackupNotFound", "backups/daily/no.archive.gz", "Get-Traf3liBackup", null,
        "Restore-Traf3liBackup backups/daily/no.archive.gz -Destination $args[0] -Uri $args[1]", _folder, _server.Uri);

    [Fact]
    public void A_manifest_of_a_newer_version()
    {
        ChangeManifest(manifest =>
        {
            manifest["formatVersion"] = 2;
            manifest["requiredVersion"] = "9.1.0";
        });
        ReportedError.Expect(
            _session, "ManifestVersion", "format version 2", "9.1.0", null, "Test-Traf3liBackup $args[1] -Destination $args[0] -ErrorAction Stop", _folder, Path.GetRelativePath(_folder, _archive));
    }

    [Fact]
    public void A_manifest_that_contradicts_itself()
    {
        ChangeManifest(manifest => manifest["storedSize"] = -1);
        var key = Path.GetRelativePath(_folder, _archive);
        var problem = Assert.Single(_session.Run("(Test-Traf3liBackup $args[1] -Destination $args[0]).Problem", _folder, key)).ToString();
        Assert.Contains("manifest", problem, StringComparison.Ordinal);
        ReportedError.Expect(
            _session, "ManifestCorrupt", "cannot be read", "move the manifest away", null, "Restore-Traf3liBackup $args[1] -Destination $args[0] -Uri $args[2]", _folder, key, _server.Uri);
        AssertUntouched();
    }

    public ValueTask DisposeAsync()
    {
        _session.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private void AssertUntouched() => Assert.Equal(500, MongoFixture.Count(_server, "shop", "orders"));

    private string Copy(Func<byte[], byte[]> change)
    {
        var file = Path.Combine(_folder, "copy.archive");
        File.WriteAllBytes(file, change(File.ReadAllBytes(_archive)));
        return file;
    }

    private void ChangeManifest(Action<JsonNode> change)
    {
        var file = _archive + ".manifest.json";
        var manifest = JsonNode.Parse(File.ReadAllText(file))!;
        change(manifest);
        File.WriteAllText(file, manifest.ToJsonString());
    }
}
