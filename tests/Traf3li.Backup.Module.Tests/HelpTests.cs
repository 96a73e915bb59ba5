using Traf3li.Backup.Module.Tests.Hosting;

namespace Traf3li.Backup.Module.Tests;

public sealed class HelpTests
{
    // Only what the help file itself says counts; PowerShell would make up a synopsis from the syntax.
    private const string Incomplete = """
        [xml] $help = Get-Content $args[0] -Raw
        $common = [System.Management.Automation.Cmdlet]::CommonParameters
        foreach ($command in Get-Command -Module Traf3li.Backup) {
            $page = $help.helpItems.command | Where-Object { $_.details.name -eq $command.Name }
            if (-not $page) { "$($command.Name): no page"; continue }
            if (-not $page.details.description.para) { "$($command.Name): no synopsis" }
            if (-not $page.description.para) { "$($command.Name): no description" }
            if (-not @($page.examples.example).Count) { "$($command.Name): no example" }
            foreach ($name in $command.Parameters.Keys) {
                if ($name -in $common) { continue }
                $described = $page.parameters.parameter | Where-Object { $_.name -eq $name }
                if (-not $described.description.para) { "$($command.Name) -${name}: no description" }
            }
            foreach ($described in $page.parameters.parameter) {
                if (-not $command.Parameters.ContainsKey($described.name)) { "$($command.Name) -$($described.name): no such parameter" }
            }
            foreach ($item in $page.syntax.syntaxItem) {
                $names = @($item.parameter.name | Sort-Object) -join ' '
                $sets = foreach ($set in $command.ParameterSets) { @($set.Parameters.Name | Where-Object { $_ -notin $common } | Sort-Object) -join ' ' }
                if ($names -notin $sets) { "$($command.Name): no parameter set has the syntax $names" }
            }
            if (@($page.syntax.syntaxItem).Count -ne $command.ParameterSets.Count) { "$($command.Name): a parameter set has no syntax" }
        }
        """;

    [Fact]
    public void Every_cmdlet_has_a_complete_page()
    {
        using var session = new ModuleSession();
        var file = Path.Combine(Artifact.ModulePath, "en-US", "Traf3li.Backup.dll-Help.xml");
        Assert.Empty(session.Run(Incomplete, file).Select(item => item.ToString()));
    }

    [Fact]
    public void Get_Help_finds_the_pages()
    {
        using var session = new ModuleSession();
        Assert.Contains("Takes a backup of a MongoDB or Redis server.", session.Render("Get-Help New-Traf3liBackup -Full"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_about_topic_names_every_setting()
    {
        using var session = new ModuleSession();
        var topic = session.Render("Get-Help about_Traf3liBackup");
        var settings = session.Run("(Get-Traf3liBackupConfiguration).Name").Select(name => name.ToString());
        Assert.All(settings, name => Assert.Contains(name, topic, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_example_parses_and_names_parameters_that_exist()
    {
        using var session = new ModuleSession();
        const string Script = """
            [xml] $help = Get-Content $args[0] -Raw
            foreach ($code in $help.helpItems.command.examples.example.code) {
                $errors = $null
                $tree = [System.Management.Automation.Language.Parser]::ParseInput($code, [ref] $null, [ref] $errors)
                if ($errors) { "${code}: $($errors[0].Message)" }
                foreach ($call in $tree.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)) {
                    $command = Get-Command $call.GetCommandName()
                    foreach ($element in $call.CommandElements) {
                        if ($element -is [System.Management.Automation.Language.CommandParameterAst] -and $command.Parameters -and -not $command.Parameters.ContainsKey($element.ParameterName)) {
                            "${code}: -$($element.ParameterName)"
                        }
                    }
                }
            }
            """;
        Assert.Empty(session.Run(Script, Path.Combine(Artifact.ModulePath, "en-US", "Traf3li.Backup.dll-Help.xml")).Select(item => item.ToString()));
    }
}
