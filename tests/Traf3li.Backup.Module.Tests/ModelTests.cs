using System.Reflection;

namespace Traf3li.Backup.Module.Tests;

/// <summary>What the cmdlets emit is at home in PowerShell.</summary>
public sealed class ModelTests
{
    public static TheoryData<Type, string> Lists() =>
    [
        .. typeof(BackupInfo).Assembly.GetExportedTypes()
            .Where(type => !type.IsAssignableTo(typeof(EngineOptions)))
            .SelectMany(type => type.GetProperties())
            .Where(property => property.CanWrite && property.PropertyType.IsGenericType && property.PropertyType.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
            .Select(property => new TheoryDataRow<Type, string>(property.DeclaringType!, property.Name)),
    ];

    [Theory]
    [MemberData(nameof(Lists))]
    public void A_list_can_be_indexed(Type type, string name)
    {
        var property = type.GetProperty(name)!;
        var item = System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(type);
        var element = property.PropertyType.GetGenericArguments()[0];

        property.SetValue(item, Make.MakeGenericMethod(element).Invoke(null, null));

        Assert.Equal(element.MakeArrayType(), property.GetValue(item)!.GetType());
    }

    private static MethodInfo Make => typeof(ModelTests).GetMethod(nameof(Two), BindingFlags.NonPublic | BindingFlags.Static)!;

    // What the compiler makes of this is a type of its own, whose indexer PowerShell does not see.
    private static IReadOnlyList<T> Two<T>() => [default!, default!];
}
