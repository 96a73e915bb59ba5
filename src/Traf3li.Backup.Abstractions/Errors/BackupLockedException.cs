using System.Globalization;

namespace Traf3li.Backup;

/// <summary>Another run holds the lock that this one needs.</summary>
public sealed class BackupLockedException : BackupException
{
    /// <summary>Creates the error.</summary>
    /// <param name="lockKey">The key of the lock below the destination.</param>
    /// <param name="holder">Who holds it.</param>
    /// <param name="operation">What the holder does.</param>
    /// <param name="since">Since when, UTC.</param>
    /// <param name="until">When it expires unless it is renewed, UTC.</param>
    public BackupLockedException(string lockKey, string holder, string operation, DateTime since, DateTime until)
        : base(
            "BackupLocked",
            string.Create(CultureInfo.InvariantCulture, $"{holder} is at work ({operation}) since {since:u} and holds the lock {lockKey} until {until:u}, or longer as it renews it."),
            "Run it again when that has ended, or give -WaitForLock 30m to wait for it. The lock of a process that is gone expires by itself.",
            lockKey)
    {
        Holder = holder;
        Operation = operation;
        Since = since;
        Until = until;
    }

    /// <summary>Who holds it, as <c>user@machine (process 4711)</c>.</summary>
    public string Holder { get; }

    /// <summary>What the holder does.</summary>
    public string Operation { get; }

    /// <summary>Since when, UTC.</summary>
    public DateTime Since { get; }

    /// <summary>When it expires unless it is renewed, UTC.</summary>
    public DateTime Until { get; }
}
