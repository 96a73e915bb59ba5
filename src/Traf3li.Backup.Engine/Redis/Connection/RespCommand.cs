using System.Globalization;
using System.Text;

namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>A command with arguments of any bytes.</summary>
/// <param name="Name">Its name for errors, with its subcommand: <c>CONFIG GET</c> needs the right <c>+config|get</c>.</param>
/// <param name="Arguments">The command's own words and its arguments.</param>
internal sealed record RespCommand(string Name, IReadOnlyList<ReadOnlyMemory<byte>> Arguments)
{
    /// <summary>A command of one word.</summary>
    /// <param name="name">The word.</param>
    /// <param name="arguments">Bytes (<c>byte[]</c>, <c>ReadOnlyMemory</c>), texts (sent as UTF-8) and whole numbers.</param>
    public static RespCommand Of(string name, params IEnumerable<object> arguments) => new(name, [.. name.Split(' ').Concat(arguments).Select(ToBytes)]);

    // Arguments may be secrets or data.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(Name);
        return true;
    }

    private static ReadOnlyMemory<byte> ToBytes(object argument) => argument switch
    {
        byte[] bytes => bytes,
        ReadOnlyMemory<byte> bytes => bytes,
        string text => Encoding.UTF8.GetBytes(text),
        int or long => Encoding.ASCII.GetBytes(Convert.ToString(argument, CultureInfo.InvariantCulture)!),
        _ => throw new ArgumentException($"{argument.GetType()} is no argument of a command.", nameof(argument)),
    };
}
