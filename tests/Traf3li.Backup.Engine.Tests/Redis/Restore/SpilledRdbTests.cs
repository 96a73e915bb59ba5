using Traf3li.Backup.Engine.Redis.Rdb;
using Traf3li.Backup.Engine.Redis.Restore;
using Traf3li.Backup.Engine.Tests.Redis.Rdb;

namespace Traf3li.Backup.Engine.Tests.Redis.Restore;

public class SpilledRdbTests
{
    [Theory]
    [InlineData("stream_listpacks_2.rdb")]
    [InlineData("redis_50_with_streams.rdb")]
    public void A_value_that_was_put_aside_is_read_again(string name)
    {
        var reader = new RdbReader(new MemoryStream(RdbCorpus.Read(name)), name);
        var seen = 0;
        for (var record = reader.Read(); record != RdbRecord.End; record = reader.Read())
        {
            if (record != RdbRecord.Key)
            {
                continue;
            }

            using var payload = new SpillStream();
            reader.CopyPayload(payload, reader.LeastVersion);
            using var copy = new MemoryStream();
            payload.CopyTo(copy.Write);
            var digest = new DigestVisitor();
            digest.Begin();
            RdbPayload.Decode(copy.ToArray(), name, digest);
            var expected = digest.End(reader.Key, reader.DataType, null);

            using var rdb = new SpilledRdb(payload, reader.PrefixLength, reader.Header, reader.Key);
            var again = new RdbReader(rdb, name);
            Assert.Equal(RdbRecord.Key, again.Read());
            Assert.Equal(reader.Key.ToArray(), again.Key.ToArray());
            digest.Begin();
            again.DecodeValue(digest);
            Assert.Equal(expected, digest.End(again.Key, again.DataType, null));
            Assert.Equal(RdbRecord.End, again.Read());
            seen++;
        }

        Assert.True(seen > 0);
    }
}
