using System.Management.Automation;

namespace Traf3li.Backup.Parameters;

/// <summary>Takes an oplog position as mongorestore does: <c>seconds:increment</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OplogPositionTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc />
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value is null or OplogPosition)
        {
            return value!;
        }

        return OplogPosition.TryParse(LanguagePrimitives.ConvertTo<string>(value), out var position)
            ? position
            : throw new ArgumentTransformationMetadataException($"'{value}' is no oplog position. Use seconds since 1970 and the increment, such as 1764547200:1.");
    }
}
