using Traf3li.Backup.Testing;
using Traf3li.Backup.Testing.Network;

namespace Traf3li.Backup.Engine.Tests.Stores.S3;

/// <summary>Where keys come from when neither parameters nor variables name them: files, and the services of EC2 and of containers.</summary>
public sealed class CredentialSourceTests
{
    private const string Expiration = "2035-01-01T00:00:00Z";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("AWS_PROFILE", "nightly", "")]
    [InlineData("UNUSED", "", "&profile=nightly")]
    public async Task A_profile_of_the_credentials_file(string variable, string value, string parameter)
    {
        using var folder = new TemporaryFolder();
        var file = Path.Join(folder.Path, "credentials");
        await File.WriteAllTextAsync(
            file, "[default]\naws_access_key_id=AKIDDEFAULT\naws_secret_access_key=s\n[nightly]\naws_access_key_id=AKIDPROFILE\naws_secret_access_key=s\nregion=eu-west-3\n", Token);

        var authorization = await LookAsync(
            folder, _ => null, parameter, new(StringComparer.Ordinal) { ["AWS_SHARED_CREDENTIALS_FILE"] = file, [variable] = value });

        Assert.Contains("Credential=AKIDPROFILE/", authorization["Authorization"], StringComparison.Ordinal);
        Assert.Contains("/eu-west-3/s3/", authorization["Authorization"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_role_of_an_ec2_instance()
    {
        using var folder = new TemporaryFolder();
        var request = await LookAsync(
            folder,
            asked => asked.Target switch
            {
                "/latest/api/token" when asked.Method == "PUT" => new HttpAnswer(200, "the-token", ("x-aws-ec2-metadata-token-ttl-seconds", "21600")),
                _ when asked["x-aws-ec2-metadata-token"] != "the-token" => new HttpAnswer(401),
                "/latest/meta-data/iam/security-credentials" or "/latest/meta-data/iam/security-credentials/" => new HttpAnswer(200, "backup-role"),
                "/latest/meta-data/iam/security-credentials/backup-role" => Keys("AKIDROLE", "\"Code\":\"Success\",\"Type\":\"AWS-HMAC\",\"LastUpdated\":\"2026-01-01T00:00:00Z\","),
                _ => new HttpAnswer(404),
            },
            "",
            new(StringComparer.Ordinal) { ["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = "{server}" });

        Assert.Contains("Credential=AKIDROLE/", request["Authorization"], StringComparison.Ordinal);
        Assert.Equal("the-session", request["X-Amz-Security-Token"]);
    }

    [Fact]
    public async Task The_role_of_a_container()
    {
        using var folder = new TemporaryFolder();
        var request = await LookAsync(
            folder,
            asked => asked is { Target: "/role" } && asked["Authorization"] == "container-token" ? Keys("AKIDTASK", "") : new HttpAnswer(404),
            "",
            new(StringComparer.Ordinal)
            {
                ["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "{server}/role",
                ["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "container-token",
                ["AWS_EC2_METADATA_DISABLED"] = "true",
            });

        Assert.Contains("Credential=AKIDTASK/", request["Authorization"], StringComparison.Ordinal);
        Assert.Equal("the-session", request["X-Amz-Security-Token"]);
    }

    private static HttpAnswer Keys(string id, string more) => new(
        200,
        $$"""{{{more}}"AccessKeyId":"{{id}}","SecretAccessKey":"s","Token":"the-session","Expiration":"{{Expiration}}"}""",
        ("Content-Type", "application/json"));

    /// <summary>Opens a bucket in a process of its own and returns the request that it came with.</summary>
    private static async Task<HttpRequestRecord> LookAsync(
        TemporaryFolder folder, Func<HttpRequestRecord, HttpAnswer?> service, string parameter, Dictionary<string, string> environment)
    {
        await using var server = new AnsweringHttpServer(request =>
            IsBucket(request)
                ? request.Method == "HEAD" ? new HttpAnswer(404) : new HttpAnswer(200, "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>", ("Content-Type", "application/xml"))
                : service(request) ?? new HttpAnswer(404));
        var address = $"http://{server.EndPoint}";
        foreach (var name in environment.Keys)
        {
            environment[name] = environment[name].Replace("{server}", address, StringComparison.Ordinal);
        }

        environment["HOME"] = folder.Path;
        environment["BACKUP_DESTINATION"] = $"s3://bucket?endpoint={address}{parameter}";
        await ChildTest.RunAsync(typeof(ChildStore), nameof(ChildStore.Looks_at_the_destination), folder.Path, environment, Token);
        return server.Requests.First(IsBucket);
    }

    private static bool IsBucket(HttpRequestRecord request) => request.Target.StartsWith("/bucket", StringComparison.Ordinal);
}
