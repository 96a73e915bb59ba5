using System.Management.Automation;
using Traf3li.Backup.Module.Tests.Hosting;

namespace Traf3li.Backup.Module.Tests.Commands;

public sealed class AsyncPSCmdletTests : IDisposable
{
    // Far beyond anything that works: only so that a failing test ends.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ModuleSession _session = new();
    private readonly TestSignals _signals = new();

    [Fact]
    public async Task Stopping_signals_the_work_and_waits_for_it()
    {
        using var shell = _session.Create("Wait-TestSignal -Signals $args[0]", _signals);
        var running = shell.InvokeAsync();
        await _signals.Started.Task.WaitAsync(Patience);
        await shell.StopAsync(null, null).WaitAsync(Patience);
        await Assert.ThrowsAsync<PipelineStoppedException>(() => running);
        Assert.True(_signals.Stopped.Task.IsCompleted);
        Assert.True(_signals.Ended.Task.IsCompleted);
    }

    [Fact]
    public async Task Work_that_does_not_listen_is_left_behind()
    {
        using var shell = _session.Create("Wait-TestSignal -Signals $args[0] -Deaf", _signals);
        var running = shell.InvokeAsync();
        await _signals.Started.Task.WaitAsync(Patience);
        await shell.StopAsync(null, null).WaitAsync(Patience);
        await Assert.ThrowsAsync<PipelineStoppedException>(() => running);
        Assert.False(_signals.Ended.Task.IsCompleted);

        // What it says afterwards reaches nobody and hurts nobody.
        _signals.Release.SetResult();
        await _signals.Ended.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_pipeline_that_has_enough_stops_the_work()
    {
        using var shell = _session.Create(
            "Wait-TestSignal -Signals $args[0] -Count 1000 | ForEach-Object { if ($_ -eq 2) { throw 'enough' } }", _signals);
        await Assert.ThrowsAnyAsync<RuntimeException>(() => shell.InvokeAsync().WaitAsync(Patience));
        await _signals.Ended.Task.WaitAsync(Patience);
        Assert.True(_signals.Stopped.Task.IsCompleted);
    }

    [Fact]
    public async Task Everything_arrives_in_order_and_progress_ends()
    {
        _signals.Release.SetResult();
        using var shell = _session.Create("Wait-TestSignal -Signals $args[0] -Count 500 -Verbose", _signals);
        var output = await shell.InvokeAsync().WaitAsync(Patience);
        Assert.Equal(Enumerable.Range(0, 500), output.Select(item => (int)item.BaseObject));
        Assert.Equal<string>(["verbose from the pool", "the last word"], shell.Streams.Verbose.Select(record => record.Message), StringComparer.Ordinal);
        Assert.Equal("warning from the pool", Assert.Single(shell.Streams.Warning).Message);
        Assert.Equal(ProgressRecordType.Completed, shell.Streams.Progress[^1].RecordType);
    }

    [Fact]
    public void Questions_reach_the_user_and_answers_the_work()
    {
        _session.Host.Recorded.Answers.Enqueue('Y');
        _session.Host.Recorded.Answers.Enqueue('N');
        Assert.Equal("True None False", _session.Run("Request-TestAnswer").Single().ToString());
        Assert.Collection(
            _session.Host.Recorded.Questions,
            first => Assert.Contains("Do it?", first, StringComparison.Ordinal),
            second => Assert.Contains("Really?", second, StringComparison.Ordinal));
    }

    [Fact]
    public void WhatIf_is_told_apart_from_a_refusal()
    {
        Assert.Equal("False WhatIf False", _session.Run("Request-TestAnswer -WhatIf").Single().ToString());
        _session.Host.Recorded.Answers.Enqueue('N');
        Assert.Equal("False None False", _session.Run("Request-TestAnswer").Single().ToString());
    }

    [Fact]
    public void A_failure_of_one_record_is_an_error_and_no_end()
    {
        using var shell = _session.Create("Request-TestAnswer -Fail; 'on'");
        Assert.Equal("on", shell.Invoke().Single().ToString());
        Assert.StartsWith("BackupNotFound,", Assert.Single(shell.Streams.Error).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mistake_in_the_module_has_an_id_and_keeps_its_cause()
    {
        var error = _session.Fail("Request-TestAnswer -Break");
        Assert.StartsWith("UnexpectedError,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("report it", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.DoesNotContain("h0rse-battery", error.ErrorDetails.Message, StringComparison.Ordinal);
        Assert.IsType<FormatException>(error.Exception.InnerException);
    }

    [Fact]
    public void A_preference_of_Stop_is_obeyed()
    {
        using var shell = _session.Create("Request-TestAnswer -Fail -ErrorAction Stop; 'on'");
        Assert.ThrowsAny<RuntimeException>(() => shell.Invoke());
    }

    public void Dispose() => _session.Dispose();
}
