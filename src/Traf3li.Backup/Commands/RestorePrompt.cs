using System.Globalization;
using Traf3li.Backup.Text;

namespace Traf3li.Backup.Commands;

/// <summary>The words in which a user is asked before live data is touched.</summary>
internal sealed class RestorePrompt(RestorePlan plan, DateTimeOffset now)
{
    private const int NamedAtMost = 5;

    /// <summary>The heading.</summary>
    public const string Caption = "Restore over live data";

    /// <summary>One sentence on what is done, for -WhatIf and -Verbose.</summary>
    public string Description
    {
        get
        {
            var backup = plan.Backup;
            var age = Readable.Age(now.UtcDateTime - backup.Date);
            var environment = backup.Environment.Length == 0 ? "" : $", environment {backup.Environment}";
            var date = backup.Date.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            var target = $"{plan.Server.Host}, {(plan.Database.Count == 1 ? "database" : "databases")} {string.Join(", ", plan.Database)}";
            return $"Restore {backup.Key} (taken {date} UTC, {age} ago{environment}) to {target}. {Effects()}";
        }
    }

    /// <summary>The question.</summary>
    public string Question => $"{Description}{string.Concat(plan.Warning.Select(warning => "\nWARNING: " + warning))}\nContinue?";

    /// <summary>The extra question when the host is recorded for another environment than the backup's; else null.</summary>
    public string? ForeignEnvironmentQuestion => plan.HostEnvironment is null
        ? null
        : $"The backup is of environment {plan.Backup.Environment}, but the host {plan.Server.Host} is recorded for {plan.HostEnvironment}. Restore all the same?";

    private bool IsRedis => plan.Backup.Source == BackupSource.Redis;

    private string Effects()
    {
        // A database of Redis is never dropped: it has no keys then.
        string[] parts = IsRedis
            ?
            [
                plan.KeyPattern.Count == 0 ? "" : $"Only keys like {string.Join(" or ", plan.KeyPattern)}.",
                Effect(RestoreActionKind.Replace, "Replaces the keys of"),
                Effect(RestoreActionKind.Drop, "Deletes the keys of"),
                Effect(RestoreActionKind.Merge, "Adds to, and replaces keys of the same names in,"),
                Effect(RestoreActionKind.Create, "Fills"),
            ]
            :
            [
                Effect(RestoreActionKind.Replace, "Replaces"),
                Effect(RestoreActionKind.Drop, "Drops"),
                Effect(RestoreActionKind.Merge, "Adds to"),
                Effect(RestoreActionKind.Create, "Creates"),
            ];
        return string.Join(' ', parts.Where(part => part.Length > 0));
    }

    private string Effect(RestoreActionKind kind, string verb)
    {
        var actions = plan.Action.Where(action => action.Kind == kind).ToList();
        if (actions.Count == 0)
        {
            return "";
        }

        var names = string.Join(", ", actions.Take(NamedAtMost).Select(action => action.Namespace));
        var more = actions.Count > NamedAtMost ? $" and {actions.Count - NamedAtMost} more" : "";
        var live = Readable.Count(actions.Sum(action => action.LiveCount ?? 0));
        var documents = kind == RestoreActionKind.Create ? "" : $" (about {live} {(IsRedis ? "keys" : "documents")} now)";
        return $"{verb} {names}{more}{documents}.";
    }
}
