namespace Traf3li.Backup.Engine.Archive;

/// <summary>The first document of an archive.</summary>
/// <param name="ConcurrentCollections">How many collections were dumped at a time; a hint for the reader.</param>
/// <param name="ServerVersion">The dumped server's version. It decides how time-series data are named (8.3).</param>
/// <param name="ToolVersion">What wrote the archive.</param>
internal sealed record ArchiveHeader(int ConcurrentCollections, string ServerVersion, string ToolVersion);
