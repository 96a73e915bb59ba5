namespace Traf3li.Backup.Engine.Mongo;

/// <summary>How many requests are sent to a server at a time unless told otherwise.</summary>
internal static class ServerParallelism
{
    /// <summary>As many as there are processors, at least two and at most eight.</summary>
    public static readonly int Default = Math.Clamp(Environment.ProcessorCount, 2, 8);
}
