using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace Traf3li.Backup.Module.Tests;

/// <summary>The assembled module: what is tested is what is published, never a bin folder.</summary>
internal static class Artifact
{
    public static string ModulePath { get; } = Metadata("ModulePath");

    public static string RepositoryRoot { get; } = Metadata("RepositoryRoot");

    public static string Manifest => Path.Combine(ModulePath, "Traf3li.Backup.psd1");

    [ModuleInitializer]
    internal static void LoadFromArtifact() => AssemblyLoadContext.Default.Resolving += static (context, name) =>
        name.Name is "Traf3li.Backup" or "Traf3li.Backup.Abstractions"
            ? context.LoadFromAssemblyPath(Path.Combine(ModulePath, name.Name + ".dll"))
            : null;

    private static string Metadata(string key) =>
        typeof(Artifact).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
