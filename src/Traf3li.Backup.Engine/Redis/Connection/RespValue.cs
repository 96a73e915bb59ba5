using System.Text;

namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>One reply.</summary>
internal sealed class RespValue
{
    /// <summary>Nil.</summary>
    public static readonly RespValue Null = new();

    private string? _text;

    private RespValue()
    {
    }

    /// <summary>What it is.</summary>
    public RespKind Kind { get; private init; }

    /// <summary>The number of an integer.</summary>
    public long Integer { get; private init; }

    /// <summary>The bytes of a bulk string; empty elsewhere.</summary>
    public byte[] Bytes { get; private init; } = [];

    /// <summary>The values of an array; empty elsewhere.</summary>
    public IReadOnlyList<RespValue> Items { get; private init; } = [];

    /// <summary>The text of a status, an error or a bulk string (as UTF-8), the digits of an integer; empty elsewhere.</summary>
    public string Text => _text ??= Kind switch
    {
        RespKind.Bulk => Encoding.UTF8.GetString(Bytes),
        RespKind.Integer => Integer.ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => "",
    };

    /// <summary>Whether it is an error.</summary>
    public bool IsError => Kind == RespKind.Error;

    public static RespValue OfStatus(string text) => new() { Kind = RespKind.Status, _text = text };

    public static RespValue OfError(string text) => new() { Kind = RespKind.Error, _text = text };

    public static RespValue OfInteger(long number) => new() { Kind = RespKind.Integer, Integer = number };

    public static RespValue OfBulk(byte[] bytes) => new() { Kind = RespKind.Bulk, Bytes = bytes };

    public static RespValue OfArray(IReadOnlyList<RespValue> items) => new() { Kind = RespKind.Array, Items = items };
}
