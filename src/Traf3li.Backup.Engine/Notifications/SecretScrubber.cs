using Traf3li.Backup.Engine.Configuration;

namespace Traf3li.Backup.Engine.Notifications;

/// <summary>Takes secrets out of what the other side said: a proxy or a careless receiver may give back what it was sent.</summary>
internal sealed class SecretScrubber
{
    // What is shorter stands in words by chance.
    private const int ShortestSecret = 6;

    private readonly List<string> _secrets = [];

    public SecretScrubber(EngineSettings settings)
    {
        foreach (var secret in settings.Secrets.Select(secret => secret.Trim()).Where(secret => secret.Length >= ShortestSecret))
        {
            _secrets.Add(secret);
            if (Uri.TryCreate(secret, UriKind.Absolute, out var url) && url.PathAndQuery.Length >= ShortestSecret)
            {
                // Of an address the path is the secret.
                _secrets.Add(url.PathAndQuery);
            }
        }
    }

    /// <summary>The text without secrets.</summary>
    public string Scrub(string text) =>
        _secrets.Aggregate(SecretRedactor.Redact(text), (current, secret) => current.Replace(secret, "***", StringComparison.OrdinalIgnoreCase));
}
