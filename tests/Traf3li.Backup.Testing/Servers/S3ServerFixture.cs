namespace Traf3li.Backup.Testing.Servers;

/// <summary>One S3 server for all tests of a process, started by the first that asks.</summary>
/// <param name="suite">The Debian suite whose Ceph it is.</param>
/// <param name="mayBeSupplied">Whether a server named by TRAF3LI_TEST_S3 takes its place.</param>
public abstract class S3ServerFixture(string suite, bool mayBeSupplied) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private S3TestServer? _server;
    private string? _unavailable;

    /// <summary>The server; skips the test when there is none.</summary>
    public async Task<S3TestServer> GetAsync()
    {
        await _gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (_server is null && _unavailable is null)
            {
                _server = (mayBeSupplied ? SuppliedS3Server.Find() : null) as S3TestServer ?? await CephServer.StartAsync(suite, CancellationToken.None);
            }
        }
        catch (ServerUnavailableException error)
        {
            _unavailable = error.Message;
        }
        finally
        {
            _gate.Release();
        }

        if (_unavailable is not null)
        {
            Assert.Skip(_unavailable);
        }

        return _server!;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _gate.Dispose();
        GC.SuppressFinalize(this);
    }
}
