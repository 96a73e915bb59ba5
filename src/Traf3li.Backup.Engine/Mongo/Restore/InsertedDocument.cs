namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>One document of an insert command.</summary>
/// <param name="Index">Its place in the command, from 0.</param>
/// <param name="Bytes">The document as it was given.</param>
internal readonly record struct InsertedDocument(int Index, ReadOnlyMemory<byte> Bytes);
