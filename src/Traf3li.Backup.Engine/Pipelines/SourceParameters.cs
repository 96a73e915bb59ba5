namespace Traf3li.Backup.Engine.Pipelines;

/// <summary>Refuses parameters that mean nothing for the kind of server that a backup was taken from: to ignore them would do something else than was asked for.</summary>
internal static class SourceParameters
{
    /// <summary>Looks at the parameters of a restore.</summary>
    /// <exception cref="ConfigurationInvalidException">One does not belong; the message names it.</exception>
    public static void Require(RestoreOptions options) => Refuse(
        options.Backup,
        options.Backup.Source == BackupSource.Redis
            ?
            [
                ("Namespace", options.Namespace.Count > 0, "Choose keys with -KeyPattern and databases with -DatabaseIndex."),
                ("ExcludeNamespace", options.ExcludeNamespace.Count > 0, "Choose keys with -KeyPattern and databases with -DatabaseIndex."),
                ("ToDatabase", options.ToDatabase is not null, "Keys go back into the databases that they came from."),
                ("NamespaceMap", options.NamespaceMap.Count > 0, "Keys go back under their own names."),
                ("InPlace", options.InPlace, "Redis has no names to stage under: every restore writes the keys themselves."),
                ("OplogLimit", options.OplogLimit is not null, "A backup of Redis has no oplog."),
                ("AllowRefused", options.AllowRefused, "A restore of Redis stops at the first key that the server refuses."),
                ("NoIndex", options.NoIndex, "Redis has no indexes to build."),
                ("CommitQuorum", options.CommitQuorum is not null, "Redis has no indexes to build."),
                ("IncludeUsersAndRoles", options.IncludeUsersAndRoles, "A backup of Redis holds no users: they are in the server's ACL file."),
            ]
            :
            [
                ("KeyPattern", options.KeyPattern.Count > 0, "Choose collections with -Namespace."),
                ("DatabaseIndex", options.DatabaseIndex.Count > 0, "Choose databases with -Namespace 'name.*'."),
                ("Verify", options.Verify, "A restore of MongoDB always compares everything."),
            ]);

    /// <summary>Looks at the parameters of a test.</summary>
    /// <exception cref="ConfigurationInvalidException">One does not belong; the message names it.</exception>
    public static void Require(VerificationOptions options) => Refuse(
        options.Backup,
        options.Backup.Source == BackupSource.Redis ? [("CriticalCollection", options.CriticalCollection.Count > 0, "Redis has no collections.")] : []);

    private static void Refuse(BackupInfo backup, IEnumerable<(string Name, bool IsGiven, string Instead)> foreign)
    {
        foreach (var (name, isGiven, instead) in foreign)
        {
            if (isGiven)
            {
                throw new ConfigurationInvalidException(name, $"it does not apply to {backup.Key}, which is a backup of {backup.Source}.", $"Leave -{name} away. {instead}");
            }
        }
    }
}
