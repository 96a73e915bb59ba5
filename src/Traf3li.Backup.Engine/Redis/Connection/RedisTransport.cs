using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Traf3li.Backup.Engine.Configuration;

namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>Opens the byte stream to a server: TCP or a unix socket, with TLS where it is asked for.</summary>
internal static class RedisTransport
{
    /// <summary>Connects.</summary>
    /// <returns>The bytes as they are meant, and what is under them where it was asked for as a <see cref="BlockingSocketStream" />.</returns>
    /// <exception cref="ServerUnreachableException">Nobody answers there.</exception>
    /// <exception cref="TlsFailedException">The TLS handshake failed.</exception>
    /// <exception cref="OperationTimedOutException">It took longer than <see cref="RedisConnectionOptions.ConnectTimeout" />.</exception>
    public static async Task<(Stream Stream, BlockingSocketStream? Blocking)> ConnectAsync(
        RedisNode node, RedisConnectionOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        Stream? stream = null;
        try
        {
            stream = await ConnectAsync(node, options.IsBulk, either.Token).ConfigureAwait(false);
            return (node.Tls is null ? stream : await SecureAsync(stream, node, node.Tls, either.Token).ConfigureAwait(false), stream as BlockingSocketStream);
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // A server without TLS takes the handshake for a command whose end it waits for.
            throw stream is not null
                ? RedisErrors.Tls(node, $"the server did not answer the handshake within {RedisErrors.Seconds(options.ConnectTimeout)}, as one without TLS does.", exception)
                : new OperationTimedOutException(
                    $"Connecting to {node.Endpoint}",
                    RedisErrors.Seconds(options.ConnectTimeout),
                    "Check host and port, that the server runs, and that a firewall lets this machine through.",
                    exception);
        }
    }

    private static async Task<Stream> ConnectAsync(RedisNode node, bool isBulk, CancellationToken cancellationToken)
    {
        var endPoint = node.Endpoint.ToEndPoint();
        var socket = node.Endpoint.Path is null
            ? new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await (isBulk ? BlockingSocketStream.ConnectAsync(socket, endPoint, cancellationToken) : socket.ConnectAsync(endPoint, cancellationToken).AsTask()).ConfigureAwait(false);
            if (node.Endpoint.Path is null)
            {
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, optionValue: true);
            }

            return isBulk ? new BlockingSocketStream(socket) : new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw new ServerUnreachableException(node.Endpoint.ToString(), exception.Message, exception);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<Stream> SecureAsync(Stream stream, RedisNode node, RedisTls tls, CancellationToken cancellationToken)
    {
        var secure = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            await secure.AuthenticateAsClientAsync(tls.CreateOptions(node.Endpoint.Host), cancellationToken).ConfigureAwait(false);
            return secure;
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException or InvalidOperationException)
        {
            await secure.DisposeAsync().ConfigureAwait(false);
            throw RedisErrors.Tls(
                node,
                exception is AuthenticationException
                    ? SecretRedactor.Redact(exception.InnerException?.Message ?? exception.Message)
                    : "the server ended the handshake, as one without TLS does.",
                exception);
        }
        catch
        {
            await secure.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
