namespace Traf3li.Backup.Loading;

/// <summary>Loads the engine on first use, once a process.</summary>
internal static class EngineLoader
{
    private const string EngineType = "Traf3li.Backup.Engine.BackupEngine";

    private static readonly Lazy<IBackupEngine> Loaded = new(Load);

    /// <summary>The engine.</summary>
    public static IBackupEngine Engine => Loaded.Value;

    private static IBackupEngine Load()
    {
        var folder = Path.GetDirectoryName(typeof(EngineLoader).Assembly.Location)!;
        var path = Path.Combine(folder, "lib", "Traf3li.Backup.Engine.dll");
        var assembly = new EngineLoadContext(path).LoadFromAssemblyPath(path);
        return (IBackupEngine)Activator.CreateInstance(assembly.GetType(EngineType, throwOnError: true)!)!;
    }
}
