namespace Traf3li.Backup;

/// <summary>What <c>Get-Traf3liBackupConfiguration</c> was asked for.</summary>
public sealed record ConfigurationQuery : EngineOptions;
