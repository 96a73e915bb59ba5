using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Traf3li.Backup.Module.Tests.Documentation;

/// <summary>Holds JSON against a JSON Schema, as far as the manifest's schema goes; a keyword that it does not know is an error.</summary>
internal sealed class SchemaChecker(JsonObject schema)
{
    private static readonly string[] Annotations = ["$schema", "$defs", "title", "description"];

    /// <summary>What is wrong, with its place; empty when nothing is.</summary>
    public IEnumerable<string> Check(JsonNode? value) => Check(value, schema, "$");

    private IEnumerable<string> Check(JsonNode? value, JsonObject rules, string place) =>
        rules.Where(rule => !Annotations.Contains(rule.Key, StringComparer.Ordinal)).SelectMany(rule => Check(value, rules, rule.Key, rule.Value!, place));

    private IEnumerable<string> Check(JsonNode? value, JsonObject rules, string keyword, JsonNode rule, string place) => keyword switch
    {
        "$ref" => Check(value, schema["$defs"]![rule.GetValue<string>()["#/$defs/".Length..]]!.AsObject(), place),
        "type" => When(TypeOf(value) != rule.GetValue<string>(), $"{place} is {TypeOf(value)}, not {rule}"),
        "enum" => When(!rule.AsArray().Any(item => JsonNode.DeepEquals(item, value)), $"{place} is {value}"),
        "pattern" => When(TypeOf(value) == "string" && !Regex.IsMatch(value!.GetValue<string>(), rule.GetValue<string>(), RegexOptions.None, TimeSpan.FromSeconds(1)), $"{place} is {value}"),
        "minimum" => When(TypeOf(value) == "integer" && value!.GetValue<long>() < rule.GetValue<long>(), $"{place} is {value}"),
        "required" => rule.AsArray().Select(name => name!.GetValue<string>()).Where(name => !value!.AsObject().ContainsKey(name)).Select(name => $"{place} lacks {name}"),
        "items" => value!.AsArray().SelectMany((item, index) => Check(item, rule.AsObject(), $"{place}[{index}]")),
        "properties" => rule.AsObject().Where(property => value!.AsObject().ContainsKey(property.Key))
            .SelectMany(property => Check(value![property.Key], property.Value!.AsObject(), $"{place}.{property.Key}")),
        "additionalProperties" => value!.AsObject().Where(property => rules["properties"]?.AsObject().ContainsKey(property.Key) != true)
            .SelectMany(property => rule is JsonObject other ? Check(property.Value, other, $"{place}.{property.Key}") : [$"{place} has {property.Key}"]),
        _ => [$"the schema's keyword {keyword} is not known"],
    };

    private static IEnumerable<string> When(bool wrong, string message) => wrong ? [message] : [];

    private static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => value.AsValue().TryGetValue<long>(out _) ? "integer" : "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => "null",
    };
}
