using Traf3li.Backup.Engine.Memory;

namespace Traf3li.Backup.Engine.Tests.Memory;

public sealed class BufferPoolTests
{
    [Fact]
    public async Task Waits_at_the_ceiling_and_goes_on_when_a_buffer_returns()
    {
        var pool = new BufferPool(2 << 20);
        var first = await pool.RentAsync(1 << 20, CancellationToken.None);
        var second = await pool.RentAsync(1 << 20, CancellationToken.None);
        var third = pool.RentAsync(1 << 20, CancellationToken.None);
        Assert.False(third.IsCompleted);
        var array = first.Array;
        first.Dispose();
        using var got = await third;
        Assert.Same(array, got.Array);
        second.Dispose();
        second.Dispose();
        Assert.Equal(1 << 20, pool.Rented);
    }

    [Fact]
    public async Task A_request_larger_than_the_ceiling_is_served_alone()
    {
        var pool = new BufferPool(1 << 20);
        var small = await pool.RentAsync(10, CancellationToken.None);
        var large = pool.RentAsync(16 << 20, CancellationToken.None);
        var behind = pool.RentAsync(10, CancellationToken.None);
        Assert.False(large.IsCompleted);
        Assert.False(behind.IsCompleted);
        small.Dispose();
        (await large).Dispose();
        (await behind).Dispose();
        Assert.Equal(0, pool.Rented);
        Assert.True(pool.Allocated <= pool.Ceiling);
    }

    [Fact]
    public async Task One_held_may_be_given_in_exchange()
    {
        var pool = new BufferPool(BufferPool.BlockCapacity);
        using var held = await pool.RentAsync(4 << 20, CancellationToken.None);
        var waiting = pool.RentAsync(64, CancellationToken.None);
        using var larger = await pool.RentAsync(16 << 20, held, CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        held.Dispose();
        larger.Dispose();
        (await waiting).Dispose();
    }

    [Fact]
    public async Task A_wait_that_is_cancelled_lets_the_next_one_pass()
    {
        var pool = new BufferPool(1 << 20);
        using var small = await pool.RentAsync(64 << 10, CancellationToken.None);
        using var cancel = new CancellationTokenSource();
        var large = pool.RentAsync(1 << 20, cancel.Token).AsTask();
        var next = pool.RentAsync(64 << 10, CancellationToken.None).AsTask();
        Assert.False(next.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        (await next).Dispose();
    }

    [Fact]
    public async Task Many_at_once_never_pass_the_ceiling()
    {
        var pool = new BufferPool(8 << 20);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            for (var round = 0; round < 300; round++)
            {
                using var buffer = await pool.RentAsync(random.Next(1, 4 << 20), CancellationToken.None);
                Assert.True(pool.Allocated <= pool.Ceiling);
                await Task.Yield();
            }
        })));
        Assert.Equal(0, pool.Rented);
    }
}
