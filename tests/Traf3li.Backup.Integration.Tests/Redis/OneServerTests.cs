using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Redis;
using Traf3li.Backup.Testing.Servers;

namespace Traf3li.Backup.Integration.Tests.Redis;

/// <summary>Tests that run against one empty server each, of one kind and version.</summary>
/// <param name="find">Finds its program; null takes the machine's own.</param>
public abstract class OneServerTests(Func<CancellationToken, Task<string>>? find) : IAsyncLifetime
{
    private RedisServer? _server;
    private RespTestClient? _client;

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected string? Program { get; private set; }

    private protected RedisServer Server => _server!;

    private protected RespTestClient Client => _client!;

    public async ValueTask InitializeAsync()
    {
        try
        {
            Program = find is null ? null : await find(Token);
        }
        catch (ServerUnavailableException missing)
        {
            Assert.Skip(missing.Message);
        }

        _server = await RedisServer.StartOrSkipAsync(new RedisServerOptions { Program = Program });
        _client = await RespTestClient.ConnectAsync(_server);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _client?.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
