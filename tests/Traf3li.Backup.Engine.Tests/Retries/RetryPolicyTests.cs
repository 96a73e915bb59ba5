using Traf3li.Backup.Engine.Retries;
using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Engine.Tests.Retries;

public sealed class RetryPolicyTests
{
    private readonly SkippingTime _time = new();
    private readonly List<string> _messages = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_transient_error_is_tried_again_and_reported()
    {
        var attempts = 0;
        var result = await Policy().RunAsync("reading", _ => ++attempts < 3 ? throw new TimeoutException("slow") : Task.FromResult("done"), Token);

        Assert.Equal(("done", 3), (result, attempts));
        Assert.Equal(2, _messages.Count);
        Assert.StartsWith("reading failed (slow); attempt 2 in ", _messages[0], StringComparison.Ordinal);
        Assert.StartsWith("reading failed (slow); attempt 3 in ", _messages[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_permanent_error_comes_out_at_once()
    {
        var attempts = 0;
        await Assert.ThrowsAsync<InvalidDataException>(() => Policy().RunAsync<int>("reading", _ =>
        {
            attempts++;
            throw new InvalidDataException();
        }, Token));

        Assert.Equal(1, attempts);
        Assert.Empty(_messages);
    }

    [Fact]
    public async Task When_the_budget_is_spent_the_last_error_comes_out()
    {
        var attempts = 0;
        var error = await Assert.ThrowsAsync<TimeoutException>(() => Policy().RunAsync<int>("reading", _ => throw new TimeoutException($"{++attempts}"), Token));

        Assert.Equal(attempts.ToString(), error.Message);
        Assert.InRange(attempts, 4, 200);
        Assert.InRange(_time.Elapsed, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(90));
    }

    [Fact]
    public async Task Cancelling_ends_the_retries()
    {
        using var cancellation = new CancellationTokenSource();
        var attempts = 0;
        await Assert.ThrowsAnyAsync<Exception>(() => Policy().RunAsync<int>("reading", async _ =>
        {
            attempts++;
            await cancellation.CancelAsync();
            throw new TimeoutException();
        }, cancellation.Token));

        Assert.Equal(1, attempts);
    }

    private RetryPolicy Policy() => new(
        new RetryOptions { Budget = TimeSpan.FromSeconds(60) }, error => error is TimeoutException, error => error.Message, new ListReporter(_messages), _time);

    private sealed class ListReporter(List<string> messages) : IEngineReporter
    {
        public void Verbose(string message) => messages.Add(message);

        public void Warning(string message) => messages.Add(message);

        public void Progress(ProgressUpdate update)
        {
        }
    }
}
