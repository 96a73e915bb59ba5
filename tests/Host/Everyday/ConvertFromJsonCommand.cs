using System.Management.Automation;
using System.Text.Json;

namespace Traf3li.Backup.Hosting;

/// <summary>ConvertFrom-Json: objects, or ordered tables with -AsHashtable.</summary>
[Cmdlet(VerbsData.ConvertFrom, "Json")]
public sealed class ConvertFromJsonCommand : PSCmdlet
{
    private readonly List<string> _lines = [];

    /// <summary>The text.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true)]
    [AllowEmptyString]
    public string InputObject { get; set; } = "";

    /// <summary>Emits tables instead of objects.</summary>
    [Parameter]
    public SwitchParameter AsHashtable { get; set; }

    /// <inheritdoc />
    protected override void ProcessRecord() => _lines.Add(InputObject);

    /// <inheritdoc />
    protected override void EndProcessing()
    {
        using var document = JsonDocument.Parse(string.Join('\n', _lines));
        WriteObject(ToObject(document.RootElement), enumerateCollection: true);
    }

    private object? ToObject(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object when AsHashtable:
                var table = new System.Collections.Specialized.OrderedDictionary(StringComparer.Ordinal);
                foreach (var property in element.EnumerateObject())
                {
                    table[property.Name] = ToObject(property.Value);
                }

                return table;
            case JsonValueKind.Object:
                var result = new PSObject();
                foreach (var property in element.EnumerateObject())
                {
                    result.Properties.Add(new PSNoteProperty(property.Name, ToObject(property.Value)));
                }

                return result;
            case JsonValueKind.Array:
                return element.EnumerateArray().Select(ToObject).ToArray();
            case JsonValueKind.String:
                return element.TryGetDateTime(out var date) ? date : element.GetString();
            case JsonValueKind.Number:
                return element.TryGetInt64(out var whole) ? whole : element.GetDouble();
            case JsonValueKind.True or JsonValueKind.False:
                return element.GetBoolean();
            default:
                return null;
        }
    }
}
