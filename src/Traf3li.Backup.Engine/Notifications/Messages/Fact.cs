namespace Traf3li.Backup.Engine.Notifications.Messages;

/// <summary>A fact of a run, as a message shows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
internal sealed record Fact(string Name, string Value);
