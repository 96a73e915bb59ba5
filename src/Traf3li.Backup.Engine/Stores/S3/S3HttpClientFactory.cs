using Amazon.Runtime;

namespace Traf3li.Backup.Engine.Stores.S3;

/// <summary>
/// Makes the SDK's HTTP client, which sends small bodies without <c>Expect: 100-continue</c>. When a store refuses such a request, .NET sends a
/// body of up to 1,024 bytes all the same, to keep the connection (SocketsHttpHandler, <c>Expect100ErrorSendThreshold</c>); Ceph no longer waits
/// for it, takes it for the next request, and whatever uses the connection next fails or hangs. Larger bodies still ask first: what is refused
/// or redirected is then never sent, and .NET closes the connection.
/// </summary>
/// <param name="prepare">Changes how connections are made; null for no change.</param>
internal sealed class S3HttpClientFactory(Action<SocketsHttpHandler>? prepare) : HttpClientFactory
{
    private const int LargestUnasked = 1024;

    /// <inheritdoc />
    public override HttpClient CreateHttpClient(IClientConfig clientConfig)
    {
        // Redirects are the SDK's to follow: each one has to be signed anew.
        var sockets = new SocketsHttpHandler { AllowAutoRedirect = false };
        prepare?.Invoke(sockets);
        return new HttpClient(new SmallBodyHandler(sockets)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <inheritdoc />
    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => true;

    /// <inheritdoc />
    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

    private sealed class SmallBodyHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        /// <inheritdoc />
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Content?.Headers.ContentLength is <= LargestUnasked)
            {
                request.Headers.ExpectContinue = false;
            }

            return base.SendAsync(request, cancellationToken);
        }
    }
}
