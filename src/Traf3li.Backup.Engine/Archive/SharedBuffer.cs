using Traf3li.Backup.Engine.Memory;

namespace Traf3li.Backup.Engine.Archive;

/// <summary>A pooled buffer that a reader and the batches cut from it hold together; the last to let go returns it.</summary>
internal sealed class SharedBuffer(PooledBuffer buffer)
{
    private int _holders = 1;

    /// <summary>The buffer.</summary>
    public PooledBuffer Buffer => buffer;

    /// <summary>Takes another hold of it.</summary>
    public SharedBuffer Hold()
    {
        Interlocked.Increment(ref _holders);
        return this;
    }

    /// <summary>Lets go of it.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            buffer.Dispose();
        }
    }
}
