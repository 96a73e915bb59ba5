namespace Traf3li.Backup.Testing.Servers;

/// <summary>A real server cannot be had on this machine; its tests are skipped with this reason.</summary>
public sealed class ServerUnavailableException(string reason, Exception? innerException = null) : Exception(reason, innerException);
