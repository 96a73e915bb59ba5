using Traf3li.Backup.Engine.Memory;

namespace Traf3li.Backup.Engine.Compression;

/// <summary>One decompressed block. Whoever has it disposes it.</summary>
/// <param name="Index">Its place in the list of blocks that was asked for.</param>
/// <param name="Block">The manifest's record of it.</param>
/// <param name="Buffer">Its bytes (<see cref="PooledBuffer.Used" />).</param>
internal sealed record PlainBlock(int Index, BlockManifest Block, PooledBuffer Buffer) : IDisposable
{
    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Memory => Buffer.Used;

    /// <inheritdoc />
    public void Dispose() => Buffer.Dispose();
}
