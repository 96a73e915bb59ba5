using System.Collections;
using System.Management.Automation;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Traf3li.Backup.Hosting;

/// <summary>ConvertTo-Json: tables, lists, objects with properties; enums as numbers, as PowerShell writes them.</summary>
[Cmdlet(VerbsData.ConvertTo, "Json")]
[OutputType(typeof(string))]
public sealed class ConvertToJsonCommand : PSCmdlet
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly List<object?> _items = [];

    /// <summary>The objects.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [AllowNull]
    public object? InputObject { get; set; }

    /// <summary>Levels that are followed; deeper ones become text.</summary>
    [Parameter]
    [ValidateRange(0, 100)]
    public int Depth { get; set; } = 2;

    /// <summary>Writes one line.</summary>
    [Parameter]
    public SwitchParameter Compress { get; set; }

    /// <summary>Writes an array even for one object.</summary>
    [Parameter]
    public SwitchParameter AsArray { get; set; }

    /// <summary>Writes enums as their names.</summary>
    [Parameter]
    public SwitchParameter EnumsAsStrings { get; set; }

    /// <inheritdoc />
    protected override void ProcessRecord() => _items.Add(InputObject);

    /// <inheritdoc />
    protected override void EndProcessing()
    {
        object? value = _items.Count == 1 && !AsArray ? _items[0] : _items;
        var node = ToNode(value, Depth);
        WriteObject(node is null ? "null" : node.ToJsonString(Compress ? OneLine : Indented));
    }

    private JsonNode? ToNode(object? value, int depth)
    {
        var bare = value is PSObject wrapped ? wrapped.BaseObject : value;
        switch (bare)
        {
            case null or DBNull:
                return null;
            case Enum when !EnumsAsStrings:
                return JsonSerializer.SerializeToNode(Convert.ChangeType(bare, Enum.GetUnderlyingType(bare.GetType()), provider: null));
            case Enum or Uri or Guid or Version or char:
                return JsonValue.Create(bare.ToString());
            case string or bool or DateTime or DateTimeOffset:
            case sbyte or byte or short or ushort or int or uint or long or ulong or float or double or decimal:
                return JsonSerializer.SerializeToNode(bare, OneLine);
        }

        if (depth < 0)
        {
            return JsonValue.Create(bare.ToString());
        }

        var result = new JsonObject();
        switch (bare)
        {
            case IDictionary table:
                foreach (DictionaryEntry entry in table)
                {
                    result[entry.Key.ToString()!] = ToNode(entry.Value, depth - 1);
                }

                return result;
            case IEnumerable list:
                return new JsonArray([.. list.Cast<object?>().Select(item => ToNode(item, depth - 1))]);
            default:
                foreach (var property in PSObject.AsPSObject(value!).Properties.Where(property => property.IsGettable))
                {
                    result[property.Name] = ToNode(property.Value, depth - 1);
                }

                return result;
        }
    }
}
