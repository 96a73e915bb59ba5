namespace Traf3li.Backup.Engine.Configuration;

/// <content>The second destination: where copies are, with which login, and how long they are kept there.</content>
internal sealed partial class EngineSettings
{
    private static readonly (Setting Own, Setting Copies)[] Counterparts =
    [
        (KnownSettings.Region, KnownSettings.CopyRegion),
        (KnownSettings.RetentionDays, KnownSettings.CopyRetentionDays),
        (KnownSettings.RetentionWeeks, KnownSettings.CopyRetentionWeeks),
        (KnownSettings.RetentionMonths, KnownSettings.CopyRetentionMonths),
        (KnownSettings.RetentionYears, KnownSettings.CopyRetentionYears),
    ];

    /// <summary>Whether a second destination is set.</summary>
    public bool HasCopyDestination => IsSet(KnownSettings.CopyDestination);

    /// <summary>Whether the second destination has a retention of its own.</summary>
    public bool HasCopyRetention => Array.Exists(Counterparts, pair => pair.Own != KnownSettings.Region && IsSet(pair.Copies));

    /// <summary>Where second copies are.</summary>
    /// <exception cref="ConfigurationInvalidException">It is not set, or wrong.</exception>
    public Destination CopyDestination => ParseDestination(KnownSettings.CopyDestination);

    /// <summary>Whether the destination in use is the second one. One that is set wrongly is none.</summary>
    public bool IsAtCopies
    {
        get
        {
            try
            {
                return HasDestination && IsCopyDestination(Destination);
            }
            catch (ConfigurationInvalidException)
            {
                return false;
            }
        }
    }

    /// <summary>Whether a destination is the second one. A second one that is set wrongly is none.</summary>
    public bool IsCopyDestination(Destination destination)
    {
        try
        {
            return HasCopyDestination && CopyDestination.DisplayName == destination.DisplayName;
        }
        catch (ConfigurationInvalidException)
        {
            return false;
        }
    }

    /// <summary>
    /// The settings with which the second destination is used: its own where it has them. A login of its own replaces all of the first one's,
    /// and so does a profile that its URI names.
    /// </summary>
    public EngineSettings ForCopies()
    {
        var destination = CopyDestination;
        var values = new Dictionary<string, SettingValue>(_values, StringComparer.Ordinal);
        Replace(KnownSettings.Destination, KnownSettings.CopyDestination);
        var hasLogin = IsSet(KnownSettings.CopyAccessKeyId) || IsSet(KnownSettings.CopySecretAccessKey);
        if (hasLogin || destination is S3Destination { Profile: not null })
        {
            Replace(KnownSettings.AccessKeyId, KnownSettings.CopyAccessKeyId);
            Replace(KnownSettings.SecretAccessKey, KnownSettings.CopySecretAccessKey);
            Replace(KnownSettings.SessionToken, KnownSettings.CopySessionToken);
        }

        foreach (var (own, copies) in Counterparts.Where(pair => IsSet(pair.Copies) && _values[pair.Own.Name].Origin != SettingOrigin.Parameter))
        {
            Replace(own, copies);
        }

        return new EngineSettings(values, _workingDirectory);

        void Replace(Setting own, Setting copies) => values[own.Name] = _values[copies.Name];
    }
}
