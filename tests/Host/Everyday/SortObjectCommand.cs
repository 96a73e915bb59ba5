using System.Management.Automation;

namespace Traf3li.Backup.Hosting;

/// <summary>Sort-Object, stable, by properties or by the objects themselves.</summary>
[Cmdlet("Sort", "Object")]
public sealed class SortObjectCommand : PSCmdlet
{
    private readonly List<PSObject> _items = [];

    /// <summary>The objects.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>What to sort by.</summary>
    [Parameter(Position = 0)]
    public object[] Property { get; set; } = [];

    /// <summary>Largest first.</summary>
    [Parameter]
    public SwitchParameter Descending { get; set; }

    /// <summary>Leaves out what equals an earlier one.</summary>
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
        var keyed = _items.Select(item => (Item: item, Keys: Keys(item, expressions))).ToList();
        var order = Comparer<object?[]>.Create((left, right) => Compare(left, right, expressions));
        object?[]? last = null;
        foreach (var (item, keys) in keyed.OrderBy(pair => pair.Keys, order))
        {
            if (!Unique || last is null || order.Compare(last, keys) != 0)
            {
                WriteObject(item);
            }

            last = keys;
        }
    }

    private static object?[] Keys(PSObject item, List<PropertyExpression> expressions) =>
        expressions.Count == 0 ? [item.BaseObject] : [.. expressions.Select(expression => expression.Evaluate(item))];

    private int Compare(object?[] left, object?[] right, List<PropertyExpression> expressions)
    {
        for (var index = 0; index < left.Length; index++)
        {
            var result = LanguagePrimitives.Compare(left[index], right[index], ignoreCase: true);
            if (result != 0)
            {
                var descending = expressions.Count > 0 ? expressions[index].Descending ?? Descending.IsPresent : Descending.IsPresent;
                return descending ? -result : result;
            }
        }

        return 0;
    }
}
