namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>The keys of one type in one database.</summary>
/// <param name="Keys">Keys.</param>
/// <param name="Elements">Members, fields or entries of them all; 1 for a string.</param>
/// <param name="Bytes">Bytes of their values as stored.</param>
internal readonly record struct RdbTypeFacts(long Keys, long Elements, long Bytes)
{
    /// <summary>With one more key.</summary>
    public RdbTypeFacts Add(RdbValueFacts value) => new(Keys + 1, Elements + value.Elements, Bytes + value.Bytes);
}
