namespace Traf3li.Backup.Engine;

/// <summary>The version of this engine, which is that of the module.</summary>
internal static class EngineVersion
{
    /// <summary>Three numbers, such as <c>0.1.0</c>.</summary>
    public static readonly string Text = typeof(EngineVersion).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";
}
