namespace Traf3li.Backup.Engine.Notifications.Pings;

/// <summary>What a ping tells, and what is added to the address for it.</summary>
internal enum PingMoment
{
    /// <summary>A run begins: <c>/start</c>.</summary>
    Start,

    /// <summary>It succeeded: nothing is added.</summary>
    Success,

    /// <summary>It failed: <c>/fail</c>, with a few words.</summary>
    Fail,

    /// <summary>Nothing is told, only written down there: <c>/log</c>.</summary>
    Log,
}
