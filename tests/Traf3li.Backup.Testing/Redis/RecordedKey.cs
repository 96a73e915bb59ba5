using System.Text;
using Traf3li.Backup.Engine.Redis.Rdb;

namespace Traf3li.Backup.Testing.Redis;

/// <summary>A key of an RDB with its decoded value.</summary>
internal sealed record RecordedKey(int Database, string Key, RdbDataType Type, byte ValueType, long? ExpiresAt, long Elements, RecordedValue Value)
{
    /// <summary>All keys of an RDB.</summary>
    public static List<RecordedKey> ReadAll(Stream stream, string name, int windowSize = RdbReader.DefaultWindow)
    {
        var keys = new List<RecordedKey>();
        var reader = new RdbReader(stream, name, windowSize);
        for (var record = reader.Read(); record != RdbRecord.End; record = reader.Read())
        {
            if (record == RdbRecord.Key)
            {
                var value = new RecordedValue();
                var facts = reader.DecodeValue(value);
                keys.Add(new RecordedKey(
                    reader.Database, Encoding.Latin1.GetString(reader.Key), reader.DataType, reader.ValueType, reader.ExpiresAt, facts.Elements, value));
            }
        }

        return keys;
    }

    /// <summary>All keys of an RDB in memory.</summary>
    public static List<RecordedKey> ReadAll(byte[] rdb)
    {
        using var stream = new MemoryStream(rdb);
        return ReadAll(stream, "test.rdb");
    }
}
