using Traf3li.Backup.Hosting;

namespace Traf3li.Backup.Module.Tests.Hosting;

public sealed class ScriptRunnerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("traf3li-host-").FullName;

    [Theory]
    [InlineData("'fine'", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("throw 'broken'", 1)]
    [InlineData("function Stop-Here { exit 3 }; Stop-Here; exit 4", 3)]
    [InlineData("$ErrorActionPreference = 'Stop'; Get-Item ./absent", 1)]
    [InlineData("Write-Error 'one of several'; 'on'", 0)]
    [InlineData("$ErrorActionPreference = 'Stop'; this is no command", 1)]
    [InlineData("$ErrorActionPreference = 'Stop'; Get-Date -Unknown 1", 1)]
    public void Gives_the_exit_code_of_the_script(string script, int expected) =>
        Assert.Equal(expected, ScriptRunner.Run(Write("$ErrorActionPreference = 'Continue'; " + script), []));

    [Fact]
    public void Binds_arguments_by_name_and_position()
    {
        var output = Path.Combine(_folder, "out.txt");
        var script = Write("param($First, [switch] $Flag, [int] $Number) \"$First $Flag $Number\" > '" + output + "'");
        Assert.Equal(0, ScriptRunner.Run(script, ["one", "-Flag", "-Number", "5"]));
        Assert.Equal("one True 5", File.ReadAllText(output).Trim());
    }

    [Fact]
    public void Names_a_script_that_is_not_there() => Assert.Equal(2, ScriptRunner.Run(Path.Combine(_folder, "absent.ps1"), []));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string text)
    {
        var path = Path.Combine(_folder, "script.ps1");
        File.WriteAllText(path, text);
        return path;
    }
}
