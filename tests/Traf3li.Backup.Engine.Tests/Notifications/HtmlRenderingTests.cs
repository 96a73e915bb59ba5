using System.Diagnostics;
using System.Text.RegularExpressions;
using Traf3li.Backup.Engine.Notifications.Messages;
using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Engine.Tests.Notifications;

/// <summary>Opens mails in a real browser: TRAF3LI_TEST_BROWSER (a path), or a Chromium on PATH.</summary>
public sealed partial class HtmlRenderingTests : IDisposable
{
    private static readonly string[] Names = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome-headless-shell"];

    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(400, false)]
    [InlineData(1200, false)]
    [InlineData(400, true)]
    [InlineData(1200, true)]
    public async Task Fits_the_window_and_runs_nothing(int width, bool isHostile)
    {
        var browser = Find();
        Assert.SkipWhen(browser is null, "no browser: set TRAF3LI_TEST_BROWSER, or put chromium on PATH");
        var html = HtmlMail.Format(isHostile ? MessageTests.Hostile : MessageTests.All[2]);
        // The page as mail programs show it, in a frame of that width; what it measures stands in the title afterwards.
        var mail = Path.Combine(_folder.Path, "mail.html");
        await File.WriteAllTextAsync(mail, html, TestContext.Current.CancellationToken);
        var page = Path.Combine(_folder.Path, "page.html");
        await File.WriteAllTextAsync(
            page,
            $"<iframe src='mail.html' style='border:0;width:{width}px;height:600px' onload=\"const d=this.contentDocument;document.body.dataset.seen=[d.title.startsWith('FAILED'),d.documentElement.scrollWidth>d.documentElement.clientWidth,d.scripts.length,d.images.length,d.links.length].join(' ')\"></iframe>",
            TestContext.Current.CancellationToken);
        var start = new ProcessStartInfo(browser!, ["--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", "--virtual-time-budget=5000", "--user-data-dir=" + Path.Combine(_folder.Path, "profile"), "--dump-dom", page])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var dom = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        var seen = Seen().Match(dom);
        Assert.True(seen.Success, dom + await errors);
        Assert.Equal("true false 0 0 0", seen.Groups["seen"].Value);
    }

    public void Dispose() => _folder.Dispose();

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("TRAF3LI_TEST_BROWSER") is { Length: > 0 } named)
        {
            return File.Exists(named) ? named : null;
        }

        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return Names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }

    [GeneratedRegex("data-seen=\"(?<seen>[^\"]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Seen();
}
