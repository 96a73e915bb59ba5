using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Traf3li.Backup.Engine.Runs;

/// <summary>Gives the results of work one after the other, while it goes on.</summary>
internal static class ResultStream
{
    /// <summary>Runs the work, which writes its results. Whoever reads slowly holds it back, and whoever stops reading stops it; its error comes after its results.</summary>
    /// <param name="work">The work; the channel is completed for it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async IAsyncEnumerable<T> Of<T>(Func<ChannelWriter<T>, CancellationToken, Task> work, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var results = Channel.CreateBounded<T>(1);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = RunAsync(work, results.Writer, stop.Token);
        try
        {
            await foreach (var result in results.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                yield return result;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await running.ConfigureAwait(false);
    }

    private static async Task RunAsync<T>(Func<ChannelWriter<T>, CancellationToken, Task> work, ChannelWriter<T> results, CancellationToken cancellationToken)
    {
        try
        {
            await work(results, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            results.TryComplete();
        }
    }
}
