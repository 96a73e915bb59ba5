namespace Traf3li.Backup.Engine.Retention;

/// <summary>A slice of the oplog that is to be kept, and so needs a backup that it can be replayed on.</summary>
/// <param name="Environment">The environment label.</param>
/// <param name="First">Its first entry.</param>
/// <param name="Last">Its last entry.</param>
internal sealed record KeptSlice(string Environment, OplogPosition First, OplogPosition Last);
