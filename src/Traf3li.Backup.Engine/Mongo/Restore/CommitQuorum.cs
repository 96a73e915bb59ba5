using System.Globalization;
using MongoDB.Bson;

namespace Traf3li.Backup.Engine.Mongo.Restore;

/// <summary>How many members have to be ready before an index build commits (MongoDB manual, "createIndexes", commitQuorum).</summary>
internal static class CommitQuorum
{
    private static readonly string[] Words = ["majority", "votingMembers"];

    /// <summary>Reads the setting; null leaves it to the server, which takes all voting members.</summary>
    /// <exception cref="ConfigurationInvalidException">It is neither a known word nor a number of members.</exception>
    public static BsonValue? Parse(string? text)
    {
        if (text is null)
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var members) && members > 0)
        {
            return members;
        }

        return Words.FirstOrDefault(word => word.Equals(text, StringComparison.OrdinalIgnoreCase))
            ?? throw new ConfigurationInvalidException("CommitQuorum", $"'{text}' is no commit quorum.", "Give majority, votingMembers or a number of members.");
    }
}
