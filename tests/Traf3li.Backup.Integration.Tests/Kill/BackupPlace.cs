using System.Net;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Integration.Tests.Kill;

/// <summary>Where the backups of a test lie.</summary>
/// <param name="Destination">The destination.</param>
/// <param name="Credential">Its keys; null for a folder.</param>
/// <param name="Store">The store, for the test itself.</param>
/// <param name="CountPartialUploadsAsync">Counts uploads that were begun and not completed.</param>
internal sealed record BackupPlace(string Destination, NetworkCredential? Credential, IObjectStore Store, Func<Task<int>> CountPartialUploadsAsync);
