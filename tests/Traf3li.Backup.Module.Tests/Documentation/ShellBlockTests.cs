using System.Diagnostics;
using System.Text;
using Traf3li.Backup.Module.Tests.Hosting;
using Traf3li.Backup.Module.Tests.Servers;

namespace Traf3li.Backup.Module.Tests.Documentation;

/// <summary>Runs the README's shell lines that read a backup with stock tools, up to mongorestore, in whose place the archive's first bytes are looked at.</summary>
[Collection(Servers.SharedServerCollection.Name)]
public sealed class ShellBlockTests(MongoFixture mongo) : IDisposable
{
    // mongo-tools common/archive/archive.go: MagicNumber, little endian.
    private static readonly byte[] Magic = [0x6d, 0xe2, 0x99, 0x81];

    private readonly string _folder = Directory.CreateTempSubdirectory("traf3li-shell-").FullName;

    public static TheoryData<string> Lines() =>
        [.. MarkdownBlock.ReadAll(Path.Combine(Artifact.RepositoryRoot, "README.md"))
            .Where(block => block.Language == "sh" && block.Text.Contains("mongorestore", StringComparison.Ordinal))
            .SelectMany(block => block.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries))];

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task A_line_gives_mongorestore_an_archive(string line)
    {
        var program = line.Split(' ')[0];
        if (program == "aws")
        {
            Assert.Skip("The line reads a bucket of AWS.");
        }

        if (!OperatingSystem.IsLinux() || !(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program))))
        {
            Assert.Skip($"There is no {program} on this machine.");
        }

        var server = await mongo.GetAsync();
        await MongoFixture.ResetAsync(server);
        using (var session = new ModuleSession())
        {
            session.Run("New-Traf3liBackup shop -Uri $args[0] -Destination $args[1] -Compression $args[2]", server.Uri, _folder, program == "zstd" ? "Zstd" : "Gzip");
        }

        var stored = Directory.GetFiles(_folder, "*.archive.*", SearchOption.AllDirectories).Single(file => !file.EndsWith(".json", StringComparison.Ordinal));
        File.Move(stored, Path.Combine(_folder, program == "zstd" ? "backup.archive.zst" : "backup.archive.gz"));
        Assert.EndsWith(" | mongorestore --archive", line, StringComparison.Ordinal);
        var bytes = await RunAsync(line.Replace("mongorestore --archive", "cat", StringComparison.Ordinal));
        Assert.Equal(Magic, bytes[..4]);
        Assert.Contains("customers 299", Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<byte[]> RunAsync(string line)
    {
        using var process = Process.Start(new ProcessStartInfo("bash", ["-c", "set -o pipefail; " + line]) { WorkingDirectory = _folder, RedirectStandardOutput = true })!;
        using var output = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(output);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return output.ToArray();
    }
}
