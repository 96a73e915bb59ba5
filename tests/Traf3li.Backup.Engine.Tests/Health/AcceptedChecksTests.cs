using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Health;
using Traf3li.Backup.Engine.Health.Judgements;
using Traf3li.Backup.Engine.Tests.Configuration;

namespace Traf3li.Backup.Engine.Tests.Health;

/// <summary>Warnings that are meant to be so change no exit code, and nothing else can be accepted.</summary>
public sealed class AcceptedChecksTests
{
    private static readonly HealthCheck[] All =
    [
        .. Enum.GetValues<HealthStatus>().Select(status => new HealthCheck { Name = "Versioning", Subject = $"{status}", Status = status, Value = "v", Advice = "do it" }),
    ];

    [Fact]
    public void Only_a_warning_of_that_name_is_accepted_and_is_still_shown()
    {
        var checks = AcceptedChecks.Apply([.. All, All[0] with { Name = "Encryption", Status = HealthStatus.Warning }], ["Versioning"]).ToList();

        Assert.Equal(All.Length + 1, checks.Count);
        var changed = Assert.Single(checks.Except(All), check => check.Name == "Versioning");
        Assert.Equal(("Warning", HealthStatus.Accepted, null), (changed.Subject, changed.Status, changed.Advice));
        Assert.Equal(HealthStatus.Warning, checks[^1].Status);
    }

    [Fact]
    public void What_was_accepted_leaves_all_well()
    {
        var facts = HealthSample.Good with { Redis = HealthSample.Found<(string, IReadOnlyList<string>)>(("redis 7.0.15, Server", ["its memory is nearly full."])) };
        Assert.Equal(HealthStatus.Warning, HealthVerdict.Of(HealthJudgement.Judge(facts)));

        var checks = HealthJudgement.Judge(facts with { Accepted = HealthSample.Found<IReadOnlyList<string>>(["ServerReachable"]) });

        Assert.Equal(HealthStatus.Good, HealthVerdict.Of(checks));
        Assert.Equal("✅ All systems operational, 1 warning accepted", HealthSummary.Write(checks, 2)[^1]);
        Assert.Equal("✅ Redis Connection: Connected, with an accepted warning", HealthSummary.Write(checks, 2)[2]);
    }

    [Theory]
    [InlineData("versioning, Encryption,versioning", "Versioning Encryption")]
    [InlineData("", "")]
    [InlineData("MissedRun", null)]
    [InlineData("RecoveryPoint", null)]
    [InlineData("CompressionRatio", null)]
    [InlineData("Versoning", null)]
    public void Names_are_checked_and_missing_backups_are_never_accepted(string text, string? names)
    {
        if (names is null)
        {
            Assert.Contains("Versioning, PublicAccess", Assert.Throws<FormatException>(() => AcceptedChecks.Parse(text)).Message, StringComparison.Ordinal);
            return;
        }

        Assert.Equal(names.Split(' ', StringSplitOptions.RemoveEmptyEntries), AcceptedChecks.Parse(text));
    }

    [Fact]
    public void A_parameter_wins_over_the_setting_even_when_it_names_none()
    {
        var environment = new FakeEnvironment { ["BACKUP_HEALTH_ACCEPT"] = "Versioning" };
        var options = new HealthOptions { WorkingDirectory = Path.GetTempPath() };

        Assert.Equal(["Versioning"], SettingsResolver.Resolve(options, environment).Require(KnownSettings.HealthAccept));
        Assert.Empty(SettingsResolver.Resolve(options with { Accept = [] }, environment).Require(KnownSettings.HealthAccept));
        Assert.Equal(["Encryption"], SettingsResolver.Resolve(options with { Accept = ["encryption"] }, environment).Require(KnownSettings.HealthAccept));
    }
}
