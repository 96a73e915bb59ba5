using System.Collections;
using System.Management.Automation;

namespace Traf3li.Backup.Hosting;

/// <summary>A property as Select-Object, Sort-Object and Group-Object take it: a name, a script block, or a table with name and expression.</summary>
internal sealed class PropertyExpression
{
    private readonly string _name;
    private readonly ScriptBlock? _block;

    private PropertyExpression(string label, string name, ScriptBlock? block, bool? descending = null)
    {
        Label = label;
        _name = name;
        _block = block;
        Descending = descending;
    }

    public string Label { get; }

    public bool? Descending { get; }

    public static PropertyExpression Parse(object value)
    {
        switch (value is PSObject wrapped ? wrapped.BaseObject : value)
        {
            case ScriptBlock block:
                return new PropertyExpression(block.ToString(), "", block);
            case IDictionary table:
                var expression = Entry(table, "Expression") ?? throw new PSArgumentException("The table of a property needs an Expression.", nameof(value));
                var inner = Parse(expression);
                var label = Entry(table, "Name") ?? Entry(table, "Label");
                return new PropertyExpression(label?.ToString() ?? inner.Label, inner._name, inner._block, Entry(table, "Descending") as bool?);
            case var name:
                return new PropertyExpression(name!.ToString()!, name.ToString()!, block: null);
        }
    }

    /// <summary>The property's value of the object; null where it has none.</summary>
    public object? Evaluate(PSObject item)
    {
        if (_block is null)
        {
            return item.Properties[_name]?.Value;
        }

        var results = _block.InvokeWithContext(functionsToDefine: null, [new PSVariable("_", item)]);
        return results.Count switch { 0 => null, 1 => results[0], _ => results };
    }

    /// <summary>The properties of the object that a name stands for, wildcards resolved.</summary>
    public IEnumerable<PSPropertyInfo> Match(PSObject item) =>
        _block is null && WildcardPattern.ContainsWildcardCharacters(_name) ? item.Properties.Match(_name) : [];

    private static object? Entry(IDictionary table, string name)
    {
        // PowerShell takes any prefix: n, name, e, expression.
        foreach (DictionaryEntry entry in table)
        {
            if (name.StartsWith(entry.Key.ToString()!, StringComparison.OrdinalIgnoreCase))
            {
                return entry.Value;
            }
        }

        return null;
    }
}
