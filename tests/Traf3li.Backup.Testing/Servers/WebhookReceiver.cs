using System.Collections.Concurrent;
using System.Net;

namespace Traf3li.Backup.Testing.Servers;

/// <summary>Takes whatever is posted to it on 127.0.0.1, and keeps it.</summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<string> _bodies = new();
    private readonly Task _serving;

    /// <summary>Begins to listen.</summary>
    public WebhookReceiver()
    {
        Url = $"http://127.0.0.1:{FreePort.Next()}/";
        _listener.Prefixes.Add(Url);
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>Where it listens, with a slash at the end.</summary>
    public string Url { get; }

    /// <summary>The status that it answers with.</summary>
    public int Status { get; init; } = 204;

    /// <summary>The JSON that it answers with; empty for none.</summary>
    public string Answer { get; init; } = "";

    /// <summary>What was posted so far.</summary>
    public IReadOnlyList<string> Bodies => [.. _bodies];

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                using var reader = new StreamReader(context.Request.InputStream);
                _bodies.Enqueue(await reader.ReadToEndAsync());
                context.Response.StatusCode = Status;
                context.Response.ContentType = "application/json";
                context.Response.Close(System.Text.Encoding.UTF8.GetBytes(Answer), willBlock: false);
            }
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }
}
