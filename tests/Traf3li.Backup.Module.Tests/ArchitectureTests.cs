using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Traf3li.Backup.Module.Tests;

public sealed class ArchitectureTests
{
    [Fact]
    public void The_engine_never_sees_PowerShell() =>
        Assert.DoesNotContain(References("lib/Traf3li.Backup.Engine.dll"), name => name is "System.Management.Automation" or "Traf3li.Backup");

    [Fact]
    public void The_module_knows_the_engine_only_by_its_interface() =>
        Assert.All(References("Traf3li.Backup.dll"), name => Assert.True(
            name is "Traf3li.Backup.Abstractions" or "System.Management.Automation" || name.StartsWith("System.", StringComparison.Ordinal), name));

    [Fact]
    public void The_public_model_depends_on_nothing() =>
        Assert.All(References("Traf3li.Backup.Abstractions.dll"), name => Assert.StartsWith("System.", name, StringComparison.Ordinal));

    [Theory]
    [InlineData("Archive", "MongoDB.Driver")]
    [InlineData("Archive", "Traf3li.Backup.Engine.Mongo")]
    [InlineData("Archive", "Traf3li.Backup.Engine.Stores")]
    [InlineData("Archive", "Amazon")]
    [InlineData("Compression", "Traf3li.Backup.Engine.Stores")]
    [InlineData("Compression", "Traf3li.Backup.Engine.Mongo")]
    [InlineData("Stores", "Traf3li.Backup.Engine.Mongo")]
    [InlineData("Stores", "MongoDB")]
    public void A_layer_does_not_look_up(string layer, string forbidden)
    {
        var folder = Path.Combine(Artifact.RepositoryRoot, "src", "Traf3li.Backup.Engine", layer);
        var files = Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        var offending = files.Where(file => File.ReadLines(file).Any(line => line.StartsWith($"using {forbidden}", StringComparison.Ordinal)));
        Assert.Empty(offending);
    }

    private static List<string> References(string file)
    {
        using var image = new PEReader(File.OpenRead(Path.Combine(Artifact.ModulePath, file)));
        var metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }
}
