using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;

namespace Traf3li.Backup.Testing.Network;

/// <summary>
/// Speaks MongoDB's wire protocol on 127.0.0.1 and answers each command from a function: for deployments that cannot be run here. It knows
/// OP_MSG and the OP_QUERY of a driver's first greeting (MongoDB manual, Wire Protocol).
/// </summary>
public sealed class WireServer : IAsyncDisposable
{
    private const int Reply = 1;
    private const int Query = 2004;
    private const int Message = 2013;
    private const int HeaderSize = 16;
    private const int LongestMessage = 48_000_000;

    private readonly ConnectionAcceptor _connections;
    private readonly Func<BsonDocument, BsonDocument> _answer;

    /// <summary>Begins to listen.</summary>
    public WireServer(Func<BsonDocument, BsonDocument> answer)
    {
        _answer = answer;
        _connections = new ConnectionAcceptor(ServeAsync);
    }

    /// <summary>Where it listens, on 127.0.0.1.</summary>
    public int Port => _connections.EndPoint.Port;

    /// <summary>Every command that came, with its <c>$db</c>.</summary>
    public ConcurrentQueue<BsonDocument> Commands { get; } = new();

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _connections.DisposeAsync();

    private async Task ServeAsync(TcpClient client)
    {
        using var connection = client;
        var stream = client.GetStream();
        var header = new byte[HeaderSize];
        try
        {
            while (true)
            {
                await stream.ReadExactlyAsync(header, _connections.Stopping);
                var length = BinaryPrimitives.ReadInt32LittleEndian(header);
                if (length is < HeaderSize or > LongestMessage)
                {
                    return;
                }

                var body = new byte[length - HeaderSize];
                await stream.ReadExactlyAsync(body, _connections.Stopping);
                var isQuery = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(12)) == Query;
                var command = isQuery ? ReadQuery(body) : ReadMessage(body);
                Commands.Enqueue(command);
                await stream.WriteAsync(Encode(_answer(command), BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(4)), isQuery), _connections.Stopping);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or SocketException)
        {
            // The client has gone, or the test is over.
        }
    }

    // Flags, full collection name, numbers to skip and to return, the document.
    private static BsonDocument ReadQuery(byte[] body)
    {
        var name = body.AsSpan(4, body.AsSpan(4).IndexOf((byte)0));
        var command = ReadDocument(body, 4 + name.Length + 1 + 8, out _);
        command["$db"] = System.Text.Encoding.UTF8.GetString(name).Split('.')[0];
        return command;
    }

    // Flags, then sections: kind 0 is the command, kind 1 a named sequence of documents that belongs into it.
    private static BsonDocument ReadMessage(byte[] body)
    {
        var command = new BsonDocument();
        for (var offset = 4; offset < body.Length;)
        {
            if (body[offset++] == 0)
            {
                command.AddRange(ReadDocument(body, offset, out var length));
                offset += length;
                continue;
            }

            var end = offset + BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(offset));
            var name = body.AsSpan(offset + 4, body.AsSpan(offset + 4).IndexOf((byte)0));
            var documents = new BsonArray();
            for (offset += 4 + name.Length + 1; offset < end;)
            {
                documents.Add(ReadDocument(body, offset, out var length));
                offset += length;
            }

            command[System.Text.Encoding.UTF8.GetString(name)] = documents;
        }

        return command;
    }

    private static BsonDocument ReadDocument(byte[] body, int offset, out int length)
    {
        length = BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(offset));
        return BsonSerializer.Deserialize<BsonDocument>(body.AsSpan(offset, length).ToArray());
    }

    private static byte[] Encode(BsonDocument answer, int requestId, bool isQuery)
    {
        var document = answer.ToBson();
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        writer.Write(0);
        writer.Write(0);
        writer.Write(requestId);
        writer.Write(isQuery ? Reply : Message);
        writer.Write(isQuery ? 8 : 0);
        if (isQuery)
        {
            // No cursor, the first document, one of them.
            writer.Write(0L);
            writer.Write(0);
            writer.Write(1);
        }
        else
        {
            writer.Write((byte)0);
        }

        writer.Write(document);
        var bytes = memory.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length);
        return bytes;
    }
}
