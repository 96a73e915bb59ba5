using System.Text.Json;
using System.Text.Json.Serialization;

namespace Traf3li.Backup.Engine.Catalog;

/// <summary>Writes an oplog position as <c>"seconds:increment"</c>, the form that the command line takes.</summary>
internal sealed class OplogPositionJsonConverter : JsonConverter<OplogPosition>
{
    public override OplogPosition Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        OplogPosition.TryParse(reader.GetString(), out var position)
            ? position
            : throw new JsonException("An oplog position is written seconds:increment.");

    public override void Write(Utf8JsonWriter writer, OplogPosition value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
