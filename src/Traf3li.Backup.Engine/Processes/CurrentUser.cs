namespace Traf3li.Backup.Engine.Processes;

/// <summary>Who runs this process.</summary>
internal static class CurrentUser
{
    /// <summary>As <c>user@machine</c>.</summary>
    public static string Name => $"{Environment.UserName}@{Environment.MachineName}";
}
