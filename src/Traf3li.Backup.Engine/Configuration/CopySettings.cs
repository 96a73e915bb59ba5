namespace Traf3li.Backup.Engine.Configuration;

/// <summary>The settings of both ends of a copy.</summary>
/// <param name="Asked">As they were asked for: the retention of copies is theirs.</param>
/// <param name="From">Of where backups are copied from.</param>
/// <param name="To">Of where they are copied to.</param>
internal sealed record CopySettings(EngineSettings Asked, EngineSettings From, EngineSettings To)
{
    /// <summary>
    /// Resolves them. Each destination keeps the login that is configured for it, so that backups can be copied back from the second
    /// destination to the first; a credential given as a parameter wins.
    /// </summary>
    /// <exception cref="ConfigurationInvalidException">One of them is not set or wrong, or both are the same.</exception>
    public static CopySettings Resolve(CopyOptions options, IEnvironment environment)
    {
        var asked = SettingsResolver.Resolve(options, environment);
        var configured = SettingsResolver.Resolve(options with { Destination = null, DestinationCredential = null, To = null, ToCredential = null }, environment);
        var (from, to) = (asked.Destination, asked.CopyDestination);
        if (from.DisplayName == to.DisplayName)
        {
            throw new ConfigurationInvalidException(
                KnownSettings.CopyDestination.Name, $"{to.DisplayName} is where the backups are copied from.", "Give -To, or set BACKUP_COPY_DESTINATION to, another folder or bucket.");
        }

        var isBack = options.DestinationCredential is null && configured.IsCopyDestination(from);
        var isToFirst = options.ToCredential is null && configured.HasDestination && configured.Destination.DisplayName == to.DisplayName;
        return new CopySettings(asked, isBack ? configured.ForCopies() : asked, isToFirst ? configured : asked.ForCopies());
    }
}
