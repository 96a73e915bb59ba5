using System.Reflection;
using System.Runtime.Loader;

namespace Traf3li.Backup.Loading;

/// <summary>
/// Where the engine and its packages live, apart from whatever other versions of them the session has loaded. The framework's copy
/// of an assembly wins when it is new enough, and the public model is the one that the cmdlets use.
/// </summary>
internal sealed class EngineLoadContext : AssemblyLoadContext
{
    /// <summary>The context's name, as diagnostics show it.</summary>
    public const string ContextName = "Traf3li.Backup.Engine";

    private static readonly Assembly Abstractions = typeof(IBackupEngine).Assembly;
    private static readonly string FrameworkFolder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    private readonly AssemblyDependencyResolver _resolver;

    public EngineLoadContext(string enginePath)
        : base(ContextName)
    {
        _resolver = new AssemblyDependencyResolver(enginePath);
    }

    /// <inheritdoc />
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (string.Equals(assemblyName.Name, Abstractions.GetName().Name, StringComparison.Ordinal))
        {
            return Abstractions;
        }

        if (FrameworkHas(assemblyName))
        {
            return null;
        }

        return _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;
    }

    /// <inheritdoc />
    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;

    private static bool FrameworkHas(AssemblyName wanted)
    {
        // In PowerShell's own folder the framework lies beside PowerShell's packages; only what the framework names is taken.
        var isFrameworkName = wanted.Name!.StartsWith("System.", StringComparison.Ordinal) || wanted.Name.StartsWith("Microsoft.", StringComparison.Ordinal);
        var path = Path.Combine(FrameworkFolder, wanted.Name + ".dll");
        return isFrameworkName && File.Exists(path) && AssemblyName.GetAssemblyName(path).Version >= wanted.Version;
    }
}
