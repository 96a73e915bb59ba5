using System.Globalization;
using Traf3li.Backup.Engine.Archive;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Memory;
using Traf3li.Backup.Engine.Progress;

namespace Traf3li.Backup.Engine.Verification;

/// <summary>
/// Tests a backup that has a manifest: reads the stored object once, front to back, recomputes all that the manifest records, and compares.
/// </summary>
internal sealed class StoredBackupVerifier
{
    private readonly BackupManifest _manifest;
    private readonly BufferPool _pool;
    private readonly ProblemList _problems;
    private readonly NamespaceTally[] _tallies;
    private readonly NamespaceTally? _oplog;
    private readonly BlockFacts?[] _blocks;
    private readonly long[] _offsets;

    /// <summary>Prepares the test.</summary>
    /// <param name="manifest">The manifest, which holds the rules of <see cref="ManifestRules" />.</param>
    /// <param name="pool">Where blocks are put.</param>
    /// <param name="problems">Told what is wrong.</param>
    public StoredBackupVerifier(BackupManifest manifest, BufferPool pool, ProblemList problems)
    {
        _manifest = manifest;
        _pool = pool;
        _problems = problems;
        _tallies = [.. manifest.Namespace.Select(item => new NamespaceTally(item.Database, item.Collection, problems))];
        _oplog = manifest.Oplog is null && manifest.Block.All(block => block.NamespaceIndex != ManifestRules.OplogIndex)
            ? null
            : new NamespaceTally(ArchiveFormat.OplogDatabase, ArchiveFormat.OplogCollection, problems);
        _blocks = new BlockFacts?[manifest.Block.Count];
        _offsets = new long[manifest.Block.Count];
        for (var index = 1; index < _offsets.Length; index++)
        {
            _offsets[index] = _offsets[index - 1] + manifest.Block[index - 1].Size;
        }
    }

    /// <summary>How many blocks are worked on at a time.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>Tests the object.</summary>
    /// <param name="stored">The whole stored object; disposed here.</param>
    /// <param name="progress">Told what was read.</param>
    /// <param name="cancellationToken">Stops the test.</param>
    public async Task<BackupContents> VerifyAsync(Stream stored, OperationProgress.Part progress, CancellationToken cancellationToken)
    {
        var hashing = new HashingStream(stored);
        await using (hashing.ConfigureAwait(false))
        {
            await new BlockScanner(_manifest, _pool, Workers, _problems).ScanAsync(hashing, (index, plain, damage) => Visit(index, plain, damage, progress), cancellationToken)
                .ConfigureAwait(false);
            var rest = new byte[64 << 10];
            while (await hashing.ReadAsync(rest, cancellationToken).ConfigureAwait(false) > 0)
            {
                // What follows the last block belongs to the hash of the object.
            }

            CompareObject(hashing);
            AddUp();
            var prelude = await ReadPreludeAsync(cancellationToken).ConfigureAwait(false);
            var comparison = new ManifestComparison(_manifest, _problems);
            comparison.Compare(prelude);
            comparison.Compare(_tallies, _oplog);
            return new BackupContents(prelude, _oplog is null ? _tallies : [.. _tallies, _oplog], hashing.BytesRead);
        }
    }

    private void Visit(int index, ReadOnlyMemory<byte> plain, string? damage, OperationProgress.Part progress)
    {
        var block = _manifest.Block[index];
        var facts = new BlockFacts();
        _blocks[index] = facts;
        if (damage is not null)
        {
            _problems.Add($"{Owner(block).Name}: the block at byte {block.Offset} of the stored object cannot be decompressed: {damage}");
            facts.IsDamaged = true;
            return;
        }

        if (block.NamespaceIndex == ManifestRules.PreludeIndex)
        {
            facts.Prelude = plain.ToArray();
            return;
        }

        try
        {
            Read(plain, _offsets[index], Owner(block), facts);
        }
        catch (ArchiveCorruptException exception)
        {
            _problems.Add(exception.Message);
            facts.IsDamaged = true;
        }

        progress.Add(facts.Runs.Sum(run => run.Hash.Count), facts.Runs.Sum(run => run.Hash.Bytes));
    }

    private void Read(ReadOnlyMemory<byte> plain, long offset, NamespaceTally owner, BlockFacts facts)
    {
        var segments = new SegmentReader(plain, _manifest.Key, offset);
        var inspector = new DocumentInspector(owner.Name, owner.IsOplog, _problems);
        while (segments.TryRead(out var segment, (documents, place) => inspector.Add(documents, offset + place)))
        {
            if (!owner.Owns(segment.Database, segment.Collection))
            {
                throw new ArchiveCorruptException(_manifest.Key, offset, $"the block belongs to {owner.Name}, but holds a segment of {segment.Database}.{segment.Collection}.");
            }

            if (segment.IsEof)
            {
                facts.EndCrc = segment.Crc;
            }
            else
            {
                facts.Runs.Add(inspector.Complete(segment.Crc));
                inspector = new DocumentInspector(owner.Name, owner.IsOplog, _problems);
            }
        }
    }

    private NamespaceTally Owner(BlockManifest block) => block.NamespaceIndex switch
    {
        ManifestRules.PreludeIndex => new NamespaceTally("the archive's", "prelude", _problems),
        ManifestRules.OplogIndex => _oplog!,
        var index => _tallies[index],
    };

    private void CompareObject(HashingStream hashing)
    {
        if (hashing.BytesRead != _manifest.StoredSize)
        {
            _problems.Add(string.Create(CultureInfo.InvariantCulture, $"The stored object has {hashing.BytesRead} bytes, and {_manifest.StoredSize} were recorded."));
        }
        else if (!string.Equals(hashing.GetSha256(), _manifest.StoredSha256, StringComparison.OrdinalIgnoreCase))
        {
            _problems.Add($"The stored object has the SHA-256 {hashing.GetSha256()}, and {_manifest.StoredSha256} was recorded: its bytes are not those that were written.");
        }
    }

    // Blocks were looked at in any order; CRCs and the oplog need that of the archive.
    private void AddUp()
    {
        for (var index = 0; index < _blocks.Length; index++)
        {
            var owner = Owner(_manifest.Block[index]);
            if (_blocks[index] is not { IsDamaged: false } facts)
            {
                owner.Lose();
                continue;
            }

            foreach (var run in facts.Runs)
            {
                owner.Add(run);
            }

            if (facts.EndCrc is { } crc)
            {
                owner.End(crc);
            }
        }
    }

    private async Task<ArchivePrelude?> ReadPreludeAsync(CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        for (var index = 0; index < _blocks.Length; index++)
        {
            if (_manifest.Block[index].NamespaceIndex == ManifestRules.PreludeIndex)
            {
                if (_blocks[index]?.Prelude is not { } part)
                {
                    return null;
                }

                bytes.Write(part);
            }
        }

        bytes.Position = 0;
        using var window = new ArchiveWindow(bytes, _manifest.Key, _pool);
        try
        {
            return await PreludeReader.ReadAsync(window, _manifest.Key, isRecorded: true, cancellationToken).ConfigureAwait(false);
        }
        catch (BackupException exception) when (exception is ForeignFileException or ArchiveCorruptException)
        {
            _problems.Add(exception.Message);
            return null;
        }
    }

    private sealed class BlockFacts
    {
        public List<DocumentRunFacts> Runs { get; } = [];

        public ulong? EndCrc { get; set; }

        public byte[]? Prelude { get; set; }

        public bool IsDamaged { get; set; }
    }
}
