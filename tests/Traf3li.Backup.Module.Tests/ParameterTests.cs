using System.Management.Automation;
using System.Reflection;
using Traf3li.Backup.Commands;
using Traf3li.Backup.Parameters;

namespace Traf3li.Backup.Module.Tests;

public sealed class ParameterTests
{
    private static readonly Type[] Commands = [.. typeof(EngineCommand).Assembly.GetExportedTypes().Where(type => type.GetCustomAttribute<CmdletAttribute>() is not null)];

    private static IEnumerable<(string Command, PropertyInfo Parameter)> Parameters =>
        from command in Commands
        from property in command.GetProperties()
        where property.GetCustomAttributes<ParameterAttribute>().Any()
        select (command.Name, property);

    [Fact]
    public void Every_cmdlet_is_named_after_its_class_and_says_what_it_emits() => Assert.All(Commands, command =>
    {
        var cmdlet = command.GetCustomAttribute<CmdletAttribute>()!;
        Assert.Equal($"{cmdlet.VerbName}{cmdlet.NounName}Command", command.Name);
        Assert.NotEmpty(command.GetCustomAttributes<OutputTypeAttribute>());
    });

    [Fact]
    public void No_parameter_is_a_Boolean_or_a_plain_secret() => Assert.All(Parameters, item =>
    {
        Assert.NotEqual(typeof(bool), item.Parameter.PropertyType);
        Assert.DoesNotContain("Password", item.Parameter.Name, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Secret", item.Parameter.Name, StringComparison.OrdinalIgnoreCase);
    });

    [Fact]
    public void The_same_parameter_takes_the_same_texts_everywhere()
    {
        // A filter takes several where an order takes one; the element is the same.
        var differing = Parameters.GroupBy(item => item.Parameter.Name, item => Element(item.Parameter.PropertyType), StringComparer.Ordinal)
            .Where(group => group.Distinct().Count() > 1)
            .Select(group => group.Key);
        Assert.Empty(differing);
    }

    [Theory]
    [InlineData(typeof(NewTraf3liBackupCommand), true, ConfirmImpact.Medium)]
    [InlineData(typeof(RestoreTraf3liBackupCommand), true, ConfirmImpact.High)]
    [InlineData(typeof(GetTraf3liBackupCommand), false, ConfirmImpact.None)]
    [InlineData(typeof(TestTraf3liBackupCommand), true, ConfirmImpact.Medium)]
    [InlineData(typeof(RemoveTraf3liExpiredBackupCommand), true, ConfirmImpact.High)]
    [InlineData(typeof(ProtectTraf3liBackupCommand), true, ConfirmImpact.Medium)]
    [InlineData(typeof(UnprotectTraf3liBackupCommand), true, ConfirmImpact.Medium)]
    [InlineData(typeof(CopyTraf3liBackupCommand), true, ConfirmImpact.Medium)]
    [InlineData(typeof(GetTraf3liBackupHistoryCommand), false, ConfirmImpact.None)]
    [InlineData(typeof(GetTraf3liRetentionPlanCommand), false, ConfirmImpact.None)]
    [InlineData(typeof(GetTraf3liBackupConfigurationCommand), false, ConfirmImpact.None)]
    public void What_changes_something_asks(Type command, bool asks, ConfirmImpact impact)
    {
        var cmdlet = command.GetCustomAttribute<CmdletAttribute>()!;
        Assert.Equal(asks, cmdlet.SupportsShouldProcess);
        Assert.Equal(impact, cmdlet.ConfirmImpact);
    }

    [Fact]
    public void One_parameter_a_set_takes_the_pipeline() => Assert.All(Commands, command =>
    {
        var sets = command.GetProperties().SelectMany(property => property.GetCustomAttributes<ParameterAttribute>()).Where(parameter => parameter.ValueFromPipeline);
        Assert.All(sets.GroupBy(parameter => parameter.ParameterSetName, StringComparer.Ordinal), set => Assert.Single(set));
    });

    [Theory]
    [InlineData("1GB", 1L << 30)]
    [InlineData("512 mb", 512L << 20)]
    [InlineData("1.5KB", 1536L)]
    [InlineData("1000", 1000L)]
    public void Sizes_are_taken_as_text(string text, long bytes) =>
        Assert.Equal(bytes, new SizeTransformationAttribute().Transform(null!, text));

    [Theory]
    [InlineData("much")]
    [InlineData("-1GB")]
    [InlineData("99999999PB")]
    [InlineData("")]
    public void What_is_no_size_is_refused(string text) =>
        Assert.Throws<ArgumentTransformationMetadataException>(() => new SizeTransformationAttribute().Transform(null!, text));

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("30 m", 1800)]
    [InlineData("1.5h", 5400)]
    [InlineData("7D", 604800)]
    [InlineData("00:01:30", 90)]
    [InlineData("45", 45)]
    [InlineData(45, 45)]
    [InlineData((short)45, 45)]
    [InlineData((byte)45, 45)]
    [InlineData(1.5, 1.5)]
    public void Times_are_taken_as_seconds_and_as_text(object value, double seconds)
    {
        Assert.Equal(TimeSpan.FromSeconds(seconds), new DurationTransformationAttribute().Transform(null!, value));
        Assert.Equal(TimeSpan.FromSeconds(seconds), new DurationTransformationAttribute().Transform(null!, TimeSpan.FromSeconds(seconds)));
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("0")]
    [InlineData("8d")]
    [InlineData("")]
    [InlineData("99999999999999999999999999999")]
    [InlineData(-1)]
    [InlineData(604_801)]
    [InlineData(double.NaN)]
    public void What_is_no_time_is_refused(object value) =>
        Assert.Throws<ArgumentTransformationMetadataException>(() => new DurationTransformationAttribute().Transform(null!, value));

    [Fact]
    public void A_parameter_may_take_longer_times()
    {
        var years = new DurationTransformationAttribute { LongestDays = 3653 };
        Assert.Equal(TimeSpan.FromDays(3653), years.Transform(null!, "3653d"));
        Assert.Throws<ArgumentTransformationMetadataException>(() => years.Transform(null!, "3654d"));
    }

    [Fact]
    public void Oplog_positions_are_taken_as_mongorestore_takes_them()
    {
        Assert.Equal(new OplogPosition(1764547200, 3), new OplogPositionTransformationAttribute().Transform(null!, "1764547200:3"));
        Assert.Throws<ArgumentTransformationMetadataException>(() => new OplogPositionTransformationAttribute().Transform(null!, "yesterday"));
    }

    private static Type Element(Type type)
    {
        var element = type.IsArray ? type.GetElementType()! : type;
        return Nullable.GetUnderlyingType(element) ?? element;
    }
}
