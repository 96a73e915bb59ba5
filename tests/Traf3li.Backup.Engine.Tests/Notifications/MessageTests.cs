using Traf3li.Backup.Engine.Notifications;
using Traf3li.Backup.Engine.Notifications.Messages;

namespace Traf3li.Backup.Engine.Tests.Notifications;

/// <summary>Compares messages with golden files; with TRAF3LI_WRITE_GOLDEN=1 writes those instead, to be looked at.</summary>
public sealed class MessageTests
{
    internal static readonly NotificationMessage[] All =
    [
        Compose(Runs.Good, NotificationKind.Report),
        Compose(Runs.Warned, NotificationKind.Report),
        Compose(Runs.Failed, NotificationKind.Alert),
        Compose(Runs.Failed, NotificationKind.Reminder),
        Compose(Runs.Good, NotificationKind.Recovery),
        Compose(Runs.CopyFailed, NotificationKind.Alert),
        Compose(Runs.Cancelled, NotificationKind.Alert),
        Compose(Runs.Locked, NotificationKind.Alert),
        Compose(Runs.Good with { Source = BackupSource.Redis, Type = BackupType.Manual, StoredSize = 1_234_567, EndTime = Runs.Night.AddSeconds(1.24) }, NotificationKind.Report),
        Compose(Runs.Failed with { Operation = RunOperation.Restore, Type = null, SafetyBackupKey = "backups/manual/2026/11/x.archive.gz" }, NotificationKind.Alert),
        Compose(Runs.Good with { Operation = RunOperation.Removal, Source = null, Type = null, KeyCount = 12, DocumentCount = null, LogicalSize = null }, NotificationKind.Report),
        Compose(Runs.Failed with { Operation = RunOperation.Test, Key = Runs.Good.Key, KeyCount = 1, ErrorId = "VerificationFailed", Error = "it is not whole." }, NotificationKind.Alert),
        Compose(Runs.Good with { Operation = RunOperation.Notification, Source = null, Type = null, Key = [], StoredSize = null, LogicalSize = null, DocumentCount = null }, NotificationKind.Test),
    ];

    internal static NotificationMessage Hostile => Compose(
        Runs.Failed with
        {
            Environment = "<img src=x onerror=alert(1)>",
            Key = ["backups/\"><script>document.title='ran'</script>/" + new string('x', 900)],
            KeyCount = 1,
            Error = "db \"a\r\nBcc: everyone@example.com\u202E\u0000\" </td></table><script>document.title='ran'</script> & <b>bold</b> <!channel> [link](https://evil.example) " + new string('y', 3000),
            Recommendation = "Run 'x'; <a href=\"javascript:alert(1)\">this</a>",
            Warning = [.. Enumerable.Range(0, 40).Select(number => $"<svg/onload=alert({number})> {new string('w', 300)}")],
            Destination = "s3://" + new string('b', 400),
        },
        NotificationKind.Alert);

    [Fact]
    public void Subjects_say_what_happened() => AssertGolden("subjects.txt", string.Join('\n', All.Select(message => message.Subject)) + "\n");

    [Fact]
    public void Texts_say_what_to_do() => AssertGolden("texts.txt", string.Join("\n----------\n", All.Select(message => message.Subject + "\n\n" + TextMail.Format(message))));

    [Fact]
    public void The_html_of_an_alert() => AssertGolden("alert.html", HtmlMail.Format(All[2]));

    [Fact]
    public void What_comes_from_outside_stays_text()
    {
        var message = Hostile;
        var html = HtmlMail.Format(message);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<svg", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<a ", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("http://", html, StringComparison.Ordinal);
        Assert.DoesNotContain("url(", html, StringComparison.Ordinal);
        Assert.All([message.Subject, message.Summary, message.Advice, .. message.Warning, .. message.Fact.Select(fact => fact.Value)], text =>
        {
            Assert.DoesNotContain(text, c => char.IsControl(c) || c == '\u202E');
            Assert.InRange(text.Length, 0, 1000);
        });
        Assert.InRange(message.Subject.Length, 10, 160);
        Assert.Equal(11, message.Warning.Count);
        Assert.InRange(html.Length, 1000, 60_000);
    }

    [Theory]
    [InlineData("a\tb\r\n c", 10, "a b c")]
    [InlineData("  a  ", 10, "a")]
    [InlineData("abcdef", 4, "abc…")]
    [InlineData("ab😀def", 4, "ab…")]
    [InlineData("a\u200Bb\u202Ec", 10, "abc")]
    [InlineData("", 5, "")]
    public void A_line_is_one_line(string text, int longest, string expected) => Assert.Equal(expected, PlainText.Line(text, longest));

    private static NotificationMessage Compose(RunRecord run, NotificationKind kind) =>
        MessageComposer.Compose(run, kind, new NotificationState { LastGood = Runs.Night.AddDays(-3).AddMinutes(5), FailingSince = Runs.Night.AddDays(-2) });

    private static void AssertGolden(string name, string text)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Traf3li.Backup.sln")))
        {
            folder = folder.Parent!;
        }

        var file = Path.Combine(folder.FullName, "tests", "Traf3li.Backup.Engine.Tests", "Notifications", "Golden", name);
        if (Environment.GetEnvironmentVariable("TRAF3LI_WRITE_GOLDEN") == "1")
        {
            File.WriteAllText(file, text);
        }

        Assert.Equal(File.ReadAllText(file).ReplaceLineEndings("\n"), text);
    }
}
