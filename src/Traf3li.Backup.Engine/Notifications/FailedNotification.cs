namespace Traf3li.Backup.Engine.Notifications;

/// <summary>A notification that did not go through.</summary>
/// <param name="Channel">The way it should have gone.</param>
/// <param name="Target">Whom to, without any secret.</param>
/// <param name="Time">When, UTC.</param>
/// <param name="Error">Why not.</param>
/// <param name="Recommendation">What to do about it.</param>
internal sealed record FailedNotification(NotificationChannel Channel, string Target, DateTime Time, string Error, string Recommendation);
