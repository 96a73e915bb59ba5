using Traf3li.Backup.Engine.Redis.Restore;

namespace Traf3li.Backup.Engine.Tests.Redis.Restore;

public sealed class BackupKeysTests
{
    private const int Count = 20_000;

    [Theory]
    [InlineData(BackupKeys.MostAtOnce, 1)]
    [InlineData(3000, 8)]
    public void Every_key_is_known_in_its_part_and_no_other_one_is(int mostAtOnce, int parts)
    {
        var keys = new BackupKeys(mostAtOnce);
        AddAll(keys);
        Assert.Equal(parts, keys.Parts);
        var missed = 0;
        for (var part = 0; part < keys.Parts; part++)
        {
            if (part > 0)
            {
                keys.Begin(part);
                AddAll(keys);
            }

            for (var number = 0; number < Count; number++)
            {
                Assert.False(keys.Lacks(number % 3, KeyOf(number)));

                // The same key in another database is another key.
                missed += keys.Lacks(7, KeyOf(number)) ? 1 : 0;
            }
        }

        Assert.Equal(Count, missed);
    }

    private static void AddAll(BackupKeys keys)
    {
        for (var number = 0; number < Count; number++)
        {
            keys.Add(number % 3, KeyOf(number));
        }
    }

    private static byte[] KeyOf(int number) => BitConverter.GetBytes(number);
}
