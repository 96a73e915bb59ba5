using System.Reflection;
using System.Runtime.Loader;
using Traf3li.Backup.Module.Tests.Hosting;

namespace Traf3li.Backup.Module.Tests.Loading;

public sealed class EngineLoadContextTests : IDisposable
{
    private readonly ModuleSession _session = new();

    public EngineLoadContextTests() => _session.Run("Get-Traf3liBackupConfiguration | Out-Null");

    private static AssemblyLoadContext Engine => AssemblyLoadContext.All.Single(context => context.Name == "Traf3li.Backup.Engine");

    [Fact]
    public void The_engine_and_its_packages_live_apart()
    {
        var driver = Engine.LoadFromAssemblyName(new AssemblyName("MongoDB.Driver"));
        Assert.Same(Engine, AssemblyLoadContext.GetLoadContext(driver));
        Assert.StartsWith(Path.Combine(Artifact.ModulePath, "lib"), driver.Location, StringComparison.Ordinal);
        var library = Path.Combine(Artifact.ModulePath, "lib");
        Assert.DoesNotContain(AssemblyLoadContext.Default.Assemblies, assembly => assembly.Location.StartsWith(library, StringComparison.Ordinal));
    }

    [Fact]
    public void Another_version_of_a_package_in_the_session_does_not_disturb()
    {
        var sessions = typeof(ZstdSharp.Compressor).Assembly;
        var engines = Engine.LoadFromAssemblyName(new AssemblyName("ZstdSharp"));
        Assert.NotEqual(sessions.GetName().Version, engines.GetName().Version);
        Assert.Same(AssemblyLoadContext.Default, AssemblyLoadContext.GetLoadContext(sessions));
        Assert.Same(Engine, AssemblyLoadContext.GetLoadContext(engines));
    }

    [Fact]
    public void The_public_model_and_the_framework_are_shared()
    {
        Assert.Same(typeof(BackupInfo).Assembly, Engine.LoadFromAssemblyName(typeof(BackupInfo).Assembly.GetName()));
        Assert.Same(typeof(System.Text.Json.JsonDocument).Assembly, Engine.LoadFromAssemblyName(new AssemblyName("System.Text.Json, Version=8.0.0.0")));
    }

    public void Dispose() => _session.Dispose();
}
