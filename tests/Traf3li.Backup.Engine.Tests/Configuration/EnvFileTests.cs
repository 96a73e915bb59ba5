using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Testing;

namespace Traf3li.Backup.Engine.Tests.Configuration;

public sealed class EnvFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("A=b", "b")]
    [InlineData("\uFEFFA=b", "b")]
    [InlineData("export A=b", "b")]
    [InlineData("A=b\r\nB=c\r\n", "b")]
    [InlineData("A = b ", "b")]
    [InlineData("# A=x\nA=b # comment", "b")]
    [InlineData("A=\"b # no comment\"", "b # no comment")]
    [InlineData("A='b \"c\"'", "b \"c\"")]
    [InlineData("A=\"line1\nline2\"", "line1\nline2")]
    [InlineData("A=mongodb://u:p#w@h/?a=b&c=d", "mongodb://u:p#w@h/?a=b&c=d")]
    [InlineData("A=30 3 * * *", "30 3 * * *")]
    [InlineData("A=first\nA=last", "last")]
    [InlineData("A=", "")]
    public void Lines_are_understood_as_the_node_scripts_understood_them(string text, string expected)
    {
        File.WriteAllText(Path.Join(_folder.Path, ".env"), text);

        Assert.Equal(expected, EnvFile.Read(null, _folder.Path)["A"].Text);
    }

    [Fact]
    public void The_default_file_may_be_absent_and_a_named_one_may_not()
    {
        Assert.Empty(EnvFile.Read(null, _folder.Path));

        var error = Assert.Throws<ConfigurationInvalidException>(() => EnvFile.Read("other.env", _folder.Path));
        Assert.Contains(Path.Join(_folder.Path, "other.env"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_reaches_the_environment_of_the_process()
    {
        File.WriteAllText(Path.Join(_folder.Path, ".env"), "TRAF3LI_TEST_ENV_FILE=b");

        Assert.Single(EnvFile.Read(null, _folder.Path));
        Assert.Null(Environment.GetEnvironmentVariable("TRAF3LI_TEST_ENV_FILE"));
    }

    [Fact]
    public void An_open_quote_is_an_error_that_shows_no_value()
    {
        File.WriteAllText(Path.Join(_folder.Path, ".env"), "AWS_SECRET_ACCESS_KEY=\"hush\nB=c");

        var error = Assert.Throws<ConfigurationInvalidException>(() => EnvFile.Read(null, _folder.Path));
        Assert.DoesNotContain("hush", error.ToString(), StringComparison.Ordinal);
    }
}
