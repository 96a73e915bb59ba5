using System.Management.Automation;

namespace Traf3li.Backup.Hosting;

/// <summary>Select-Object for the everyday: properties, expansion, first, last, skip, unique.</summary>
[Cmdlet(VerbsCommon.Select, "Object")]
public sealed class SelectObjectCommand : PSCmdlet
{
    private readonly List<PSObject> _items = [];

    /// <summary>The objects.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>What the new objects have.</summary>
    [Parameter(Position = 0)]
    public object[] Property { get; set; } = [];

    /// <summary>The property that is emitted alone.</summary>
    [Parameter]
    public string? ExpandProperty { get; set; }

    /// <summary>Only the first so many.</summary>
    [Parameter]
    public int First { get; set; } = int.MaxValue;

    /// <summary>Only the last so many.</summary>
    [Parameter]
    public int Last { get; set; } = int.MaxValue;

    /// <summary>Leaves out the first so many.</summary>
    [Parameter]
    public int Skip { get; set; }

    /// <summary>Leaves out what equals an earlier one as text.</summary>
    [Parameter]
    public SwitchParameter Unique { get; set; }

    /// <inheritdoc />
    protected override void ProcessRecord()
    {
        if (InputObject is not null)
        {
            _items.Add(InputObject);
        }
    }

    /// <inheritdoc />
    protected override void EndProcessing()
    {
        var expressions = Property.Select(PropertyExpression.Parse).ToList();
        var chosen = _items.Skip(Skip).Take(First).TakeLast(Last).Select(item => Shape(item, expressions));
        foreach (var item in Unique ? chosen.DistinctBy(AsText, StringComparer.Ordinal) : chosen)
        {
            WriteObject(item, enumerateCollection: ExpandProperty is not null);
        }
    }

    private static string AsText(object? item) => item is PSObject { BaseObject: PSCustomObject } shaped
        ? string.Join('\n', shaped.Properties.Select(property => $"{property.Name}={property.Value}"))
        : item?.ToString() ?? "";

    private object? Shape(PSObject item, List<PropertyExpression> expressions)
    {
        if (ExpandProperty is not null)
        {
            return (item.Properties[ExpandProperty] ?? throw new PSArgumentException($"There is no property {ExpandProperty}.", nameof(item))).Value;
        }

        if (expressions.Count == 0)
        {
            return item;
        }

        var shaped = new PSObject();
        foreach (var expression in expressions)
        {
            var matches = expression.Match(item).Select(match => new PSNoteProperty(match.Name, match.Value)).ToList();
            foreach (var note in matches.Count > 0 ? matches : [new PSNoteProperty(expression.Label, expression.Evaluate(item))])
            {
                shaped.Properties.Add(note);
            }
        }

        return shaped;
    }
}
