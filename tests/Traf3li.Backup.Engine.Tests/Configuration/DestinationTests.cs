using Traf3li.Backup.Engine.Configuration;

namespace Traf3li.Backup.Engine.Tests.Configuration;

public sealed class DestinationTests
{
    [Fact]
    public void An_s3_uri_gives_all_its_parts()
    {
        var parsed = Assert.IsType<S3Destination>(Destination.Parse(
            "s3://traf3li-backups/team%20a/x/?endpoint=http://127.0.0.1:9000&region=me-south-1&pathStyle=true&sse=aws:kms&kmsKeyId=arn:aws:kms:r:1:key/k"
            + "&storageClass=STANDARD_IA&tag.Owner=ops%26more&tag.b=c@d&profile=p&checksum=WHEN_REQUIRED", "/"));

        Assert.Equal("traf3li-backups", parsed.Bucket);
        Assert.Equal("team a/x/", parsed.Prefix);
        Assert.Equal(new Uri("http://127.0.0.1:9000"), parsed.Endpoint);
        Assert.Equal("me-south-1", parsed.Region);
        Assert.True(parsed.PathStyle);
        Assert.Equal("aws:kms", parsed.ServerSideEncryption);
        Assert.Equal("arn:aws:kms:r:1:key/k", parsed.KmsKeyId);
        Assert.Equal("STANDARD_IA", parsed.StorageClass);
        Assert.Equal([new("Owner", "ops&more"), new("b", "c@d")], parsed.Tags);
        Assert.Equal("p", parsed.Profile);
        Assert.Equal("WhenRequired", parsed.Checksum);
        Assert.Equal(parsed.Bucket, Assert.IsType<S3Destination>(Destination.Parse(parsed.DisplayName, "/")).Bucket);
    }

    [Theory]
    [InlineData("s3://b", "b", "")]
    [InlineData("S3://b/", "b", "")]
    [InlineData("s3://b/p", "b", "p/")]
    [InlineData("s3://b//p//", "b", "p/")]
    public void The_prefix_is_empty_or_ends_in_a_slash(string text, string bucket, string prefix)
    {
        var parsed = Assert.IsType<S3Destination>(Destination.Parse(text, "/"));
        Assert.Equal((bucket, prefix), (parsed.Bucket, parsed.Prefix));
    }

    [Theory]
    [InlineData("s3://")]
    [InlineData("s3:///p")]
    [InlineData("s3://b c")]
    [InlineData("s3://b/../c")]
    [InlineData("s3://b?endpoint=ftp://h")]
    [InlineData("s3://b?endpoint=")]
    [InlineData("s3://b?pathStyle=perhaps")]
    [InlineData("s3://b?sse=rot13")]
    [InlineData("s3://b?checksum=never")]
    [InlineData("s3://b?region=")]
    [InlineData("s3://b?region=a&Region=b")]
    [InlineData("s3://b#f")]
    [InlineData("")]
    [InlineData("file://")]
    [InlineData("file:///a?b")]
    public void What_is_wrong_is_refused(string text) => Assert.Throws<FormatException>(() => Destination.Parse(text, "/"));

    [Fact]
    public void An_unknown_parameter_is_refused_with_the_known_ones()
    {
        var error = Assert.Throws<FormatException>(() => Destination.Parse("s3://b?pathstile=true", "/"));

        Assert.Contains("pathstile", error.Message, StringComparison.Ordinal);
        Assert.Contains("pathStyle", error.Message, StringComparison.Ordinal);
        Assert.Contains("kmsKeyId", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://h/x", "ftp")]
    [InlineData("gs://b", "gs")]
    public void Other_schemes_are_refused(string text, string scheme) =>
        Assert.Contains(scheme, Assert.Throws<FormatException>(() => Destination.Parse(text, "/")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("/mnt/backups", "/mnt/backups")]
    [InlineData("backups", "/work-dir/backups")]
    [InlineData("./a/../b", "/work-dir/b")]
    [InlineData("/mnt/100%25", "/mnt/100%25")]
    [InlineData("file:///mnt/a%20b%23", "/mnt/a b#")]
    [InlineData("file://localhost/mnt/a", "/mnt/a")]
    public void Paths_become_full_paths(string text, string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("The paths are those of Unix.");
        }

        Assert.Equal(folder, Destination.Parse(text, "/work-dir").DisplayName);
    }

    [Theory]
    [InlineData("~", "")]
    [InlineData("~/backups", "/backups")]
    public void A_tilde_is_the_home_folder(string text, string below) =>
        Assert.Equal(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + below, Assert.IsType<FileSystemDestination>(Destination.Parse(text, "/work-dir")).Folder);

    [Theory]
    [InlineData("./~", "/work-dir/~")]
    [InlineData("~other/x", "/work-dir/~other/x")]
    public void A_tilde_elsewhere_is_a_name(string text, string folder) =>
        Assert.Equal(folder, Assert.IsType<FileSystemDestination>(Destination.Parse(text, "/work-dir")).Folder);

    [Theory]
    [InlineData(@"C:\backups")]
    [InlineData("C:/backups")]
    [InlineData(@"\\server\share")]
    [InlineData("file://server/share")]
    public void Windows_paths_are_refused_elsewhere(string text)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("On Windows they are paths.");
        }

        Assert.Contains("Windows", Assert.Throws<FormatException>(() => Destination.Parse(text, "/")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file:///C:/backups/a%20b", @"C:\backups\a b")]
    [InlineData("file:///C:", @"C:\")]
    [InlineData("file://server/share/a", @"\\server\share\a")]
    public void File_uris_name_drives_and_shares_on_windows(string text, string path) => Assert.Equal(path, FileUri.ToPath(text, windows: true));

    [Fact]
    public void A_file_uri_without_a_drive_is_refused_on_windows() => Assert.Throws<FormatException>(() => FileUri.ToPath("file:///backups", windows: true));

    [Theory]
    [InlineData("bucket")]
    [InlineData(" s3://bucket ")]
    public void A_bare_bucket_is_a_destination(string text) => Assert.Equal("s3://bucket", Destination.ParseBucket(text).DisplayName);
}
