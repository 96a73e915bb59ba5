using System.Management.Automation;

namespace Traf3li.Backup.Hosting;

/// <summary>Group-Object by one property: objects with Name, Count and Group, or one table with -AsHashTable.</summary>
[Cmdlet("Group", "Object")]
public sealed class GroupObjectCommand : PSCmdlet
{
    private readonly List<PSObject> _items = [];

    /// <summary>The objects.</summary>
    [Parameter(ValueFromPipeline = true)]
    public PSObject? InputObject { get; set; }

    /// <summary>What to group by.</summary>
    [Parameter(Position = 0, Mandatory = true)]
    public object? Property { get; set; }

    /// <summary>Emits one table from name to objects.</summary>
    [Parameter]
    public SwitchParameter AsHashTable { get; set; }

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
        var expression = PropertyExpression.Parse(Property!);
        var groups = _items.GroupBy(item => expression.Evaluate(item)?.ToString() ?? "", StringComparer.OrdinalIgnoreCase).ToList();
        if (AsHashTable)
        {
            WriteObject(new System.Collections.Hashtable(groups.ToDictionary(group => group.Key, group => group.ToArray(), StringComparer.OrdinalIgnoreCase), StringComparer.OrdinalIgnoreCase));
            return;
        }

        foreach (var group in groups.OrderBy(group => group.Key, StringComparer.OrdinalIgnoreCase))
        {
            var result = new PSObject();
            result.Properties.Add(new PSNoteProperty("Count", group.Count()));
            result.Properties.Add(new PSNoteProperty("Name", group.Key));
            result.Properties.Add(new PSNoteProperty("Group", group.ToArray()));
            WriteObject(result);
        }
    }
}
