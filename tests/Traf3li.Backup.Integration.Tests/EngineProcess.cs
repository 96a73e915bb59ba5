using System.Diagnostics;
using System.Globalization;

namespace Traf3li.Backup.Integration.Tests;

/// <summary>The engine at work in a process of its own. It is started ahead of time, so that its start is no part of what is measured or killed.</summary>
internal sealed class EngineProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private EngineProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Whether it has ended by itself.</summary>
    public bool HasEnded => _process.HasExited;

    /// <summary>Starts the process and waits until it is ready to work.</summary>
    public static async Task<EngineProcess> StartAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Join(AppContext.BaseDirectory, "Traf3li.Backup.Testing.Child.dll"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var child = new EngineProcess(Process.Start(start)!);
        Assert.Equal("ready", await child._process.StandardOutput.ReadLineAsync());
        return child;
    }

    /// <summary>Lets it begin.</summary>
    public void Begin() => _process.StandardInput.WriteLine("go");

    /// <summary>Waits until it has done its work, and returns its peak of resident memory in bytes.</summary>
    public async Task<long> CompleteAsync()
    {
        var peak = await _process.StandardOutput.ReadLineAsync();
        await _process.WaitForExitAsync();
        Assert.True(_process.ExitCode == 0, await _errors);
        return long.Parse(peak!, CultureInfo.InvariantCulture);
    }

    /// <summary>Kills it (SIGKILL), unless it has ended.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await _errors;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }
}
