using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Integration.Tests.Redis;

/// <summary>Stops after some bytes until a test has done something.</summary>
internal sealed class PausingStream(Stream inner, long at, Func<CancellationToken, Task>? pause) : ForwardStream
{
    private Func<CancellationToken, Task>? _pause = pause;
    private long _position;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= at && _pause is { } wait)
        {
            _pause = null;
            await wait(cancellationToken);
        }

        var read = await inner.ReadAsync(_pause is null ? buffer : buffer[..(int)Math.Min(buffer.Length, at - _position)], cancellationToken);
        _position += read;
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
