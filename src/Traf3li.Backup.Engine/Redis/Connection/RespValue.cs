using System.Text;

namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>One reply.</summary>
internal sealed class RespValue
{
    /// <summary>Nil.</summary>
    public static readonly RespValue Null = new();

    /// <summary>The status OK.</summary>
    public static readonly RespValue Ok = OfStatus("OK");

    private static readonly RespValue[] Digits = [.. Enumerable.Range(0, 10).Select(number => OfInteger(number))];

    private string? _text;

    private RespValue()
    {
    }

    /// <summary>What it is.</summary>
    public RespKind Kind { get; private init; }

    /// <summary>The number of an integer; how many bytes were omitted.</summary>
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

    /// <summary>A number of one digit.</summary>
    public static RespValue OfDigit(int number) => Digits[number];

    public static RespValue OfOmitted(long bytes) => new() { Kind = RespKind.Omitted, Integer = bytes };

    public static RespValue OfBulk(byte[] bytes) => new() { Kind = RespKind.Bulk, Bytes = bytes };

    public static RespValue OfArray(IReadOnlyList<RespValue> items) => new() { Kind = RespKind.Array, Items = items };
}
