using System.Text.Json;
using System.Text.Json.Serialization;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Notifications;

/// <summary>Keeps what is remembered of notifications in the store, below <see cref="NotificationSubject.Folder" />.</summary>
internal sealed class NotificationStateStore(IObjectStore store)
{
    private const int MaxSize = 256 << 10;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>What is remembered of a subject, nothing when it was never told of, and on what a change of it depends.</summary>
    /// <exception cref="BackupException">The store does not answer, or what is there is no such object.</exception>
    public async Task<(NotificationState State, UploadOptions Condition)> ReadAsync(NotificationSubject subject, CancellationToken cancellationToken) =>
        await TryReadAsync(subject.Key, cancellationToken).ConfigureAwait(false) is var (state, version)
            ? (state, Options(version))
            : (new NotificationState(), Options(version: null, isAbsent: true));

    /// <summary>Replaces what is remembered of a subject.</summary>
    /// <param name="subject">The subject.</param>
    /// <param name="state">What to remember.</param>
    /// <param name="condition">What must still be so; null replaces anything.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ObjectChangedException">Another run has changed it meanwhile.</exception>
    /// <exception cref="ObjectExistsException">Another run has begun it meanwhile.</exception>
    public Task WriteAsync(NotificationSubject subject, NotificationState state, UploadOptions? condition, CancellationToken cancellationToken) =>
        store.WriteAsync(subject.Key, JsonSerializer.SerializeToUtf8Bytes(state, Json), condition ?? Options(version: null), cancellationToken);

    /// <summary>
    /// The notifications of an environment that failed last, newest first, of channels by which none of it went through since. Each schedule may have an address
    /// to ping of its own, so a ping that failed is followed only by one of the same subject, or by a test that reached all. What cannot be read is passed over.
    /// </summary>
    public async Task<IReadOnlyList<FailedNotification>> ReadFailuresAsync(string environment, DateTime now, CancellationToken cancellationToken)
    {
        var states = new List<(string Key, NotificationState State)>();
        await foreach (var stored in store.ListAsync(NotificationSubject.Folder, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                if (NotificationSubject.EnvironmentOf(stored.Key) == environment && await TryReadAsync(stored.Key, cancellationToken).ConfigureAwait(false) is var (state, _))
                {
                    states.Add((stored.Key, state));
                }
            }
            catch (StoreFailedException)
            {
                // It says nothing.
            }
        }

        var sent = states.SelectMany(item => item.State.LastSent.Where(last => last.Key != NotificationChannel.Ping || NotificationSubject.IsTest(item.Key)))
            .Where(last => last.Value <= now + NotificationPolicies.ClockTolerance)
            .ToLookup(last => last.Key, last => last.Value);
        return [.. states.SelectMany(item => item.State.Failure).Where(failure => sent[failure.Channel].All(time => time < failure.Time)).OrderByDescending(failure => failure.Time)];
    }

    private static UploadOptions Options(string? version, bool isAbsent = false) =>
        new() { OnlyIfVersion = version, OnlyIfAbsent = isAbsent, ContentType = "application/json" };

    private async Task<(NotificationState State, string? Version)?> TryReadAsync(string key, CancellationToken cancellationToken)
    {
        if (await store.ReadWholeAsync(key, MaxSize, cancellationToken).ConfigureAwait(false) is not var (stored, bytes))
        {
            return null;
        }

        if (bytes is null)
        {
            throw new StoreFailedException("reading", key, "it is far too large to be what is remembered of notifications.");
        }

        try
        {
            return JsonSerializer.Deserialize<NotificationState>(bytes, Json) is { Alert: not null, LastSent: not null, Failure: not null, Told: not null } state
                && state.Failure.All(failure => failure is { Target: not null, Error: not null, Recommendation: not null })
                ? (state, stored.Version)
                : throw new JsonException();
        }
        catch (JsonException exception)
        {
            throw new StoreFailedException("reading", key, "it is not what is remembered of notifications.", exception);
        }
    }
}
