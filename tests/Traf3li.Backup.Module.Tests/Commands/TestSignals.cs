namespace Traf3li.Backup.Module.Tests.Commands;

/// <summary>What a test and the work of <see cref="WaitTestSignalCommand" /> tell each other.</summary>
public sealed class TestSignals
{
    /// <summary>The work has begun to wait.</summary>
    public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets the work go on to its end.</summary>
    public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The work saw that it was told to stop.</summary>
    public TaskCompletionSource Stopped { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The work has ended.</summary>
    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
