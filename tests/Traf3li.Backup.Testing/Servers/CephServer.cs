using System.Diagnostics;
using System.Globalization;
using Amazon.Runtime;
using Amazon.S3;

namespace Traf3li.Backup.Testing.Servers;

/// <summary>A Ceph RADOS Gateway of Debian, on 127.0.0.1, with its data in memory: trixie has Ceph 18, bookworm Ceph 16.</summary>
public sealed class CephServer : S3TestServer
{
    /// <summary>The name of the user that owns the server's buckets.</summary>
    public const string Owner = "test";

    private const string Bucket = "traf3li-test";
    private readonly CephInstallation _installation;

    private CephServer(CephInstallation installation, int port)
    {
        _installation = installation;
        Endpoint = new Uri($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}");
    }

    /// <summary>Where it listens.</summary>
    public Uri Endpoint { get; }

    /// <inheritdoc />
    public override string Destination => $"s3://{Bucket}?endpoint={Endpoint.GetLeftPart(UriPartial.Authority)}";

    /// <inheritdoc />
    public override string AccessKeyId => "testkey";

    /// <inheritdoc />
    public override string SecretAccessKey => "testsecret123";

    /// <summary>Starts the server of a Debian suite and creates its bucket.</summary>
    /// <exception cref="ServerUnavailableException">This machine cannot run it.</exception>
    public static async Task<CephServer> StartAsync(string suite, CancellationToken cancellationToken)
    {
        var installation = await CephInstallation.OpenAsync(suite, cancellationToken);
        var server = new CephServer(installation, FreePort.Next());
        try
        {
            await server.StopDaemonsAsync();
            await server.MountAsync();
            var log = installation.Root + ".start.log";
            string[] arguments = [installation.Root, FreePort.Next().ToString(CultureInfo.InvariantCulture), server.Endpoint.Port.ToString(CultureInfo.InvariantCulture), server.AccessKeyId, server.SecretAccessKey];
            if (await ShellCommand.RunAsync(installation.StartScript, arguments, log, cancellationToken) != 0)
            {
                throw new ServerUnavailableException($"Ceph of Debian {suite} did not start; {log} says why.");
            }

            await server.CreateBucketAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A client that owns the server, for what tests arrange and look at.</summary>
    public AmazonS3Client CreateClient() => new(new BasicAWSCredentials(AccessKeyId, SecretAccessKey), new AmazonS3Config
    {
        ServiceURL = Endpoint.ToString(),
        ForcePathStyle = true,
        AuthenticationRegion = "us-east-1",
        RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
        ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
    });

    /// <summary>Makes a user without any rights, whose access key id is its name.</summary>
    public Task CreateUserAsync(string name, string secret, CancellationToken cancellationToken) =>
        InsideAsync(["radosgw-admin", "user", "create", "--uid", name, "--display-name", name, "--access-key", name, "--secret", secret], cancellationToken);

    /// <summary>
    /// Adds a storage class GLACIER, whose objects are read as any other, and DEEP_ARCHIVE, whose objects lifecycle rules move to the bucket
    /// "cloud" and which nobody can read then. A day of lifecycle rules lasts two seconds from now on.
    /// </summary>
    public async Task AddArchivesAsync(CancellationToken cancellationToken)
    {
        string[] add = ["placement", "add", "--placement-id", "default-placement", "--storage-class"];
        var cloud = $"endpoint={Endpoint.GetLeftPart(UriPartial.Authority)},access_key={AccessKeyId},secret={SecretAccessKey},target_path=cloud,retain_head_object=true";
        await InsideAsync(["radosgw-admin", "zonegroup", .. add, "GLACIER", "--rgw-zonegroup", "default"], cancellationToken);
        await InsideAsync(["radosgw-admin", "zone", .. add, "GLACIER", "--rgw-zone", "default", "--data-pool", "default.rgw.glacier.data"], cancellationToken);
        await InsideAsync(["radosgw-admin", "zonegroup", .. add, "DEEP_ARCHIVE", "--rgw-zonegroup", "default", "--tier-type=cloud-s3", $"--tier-config={cloud}"], cancellationToken);
        var folder = Path.Join(_installation.Root, "srv", "ceph");
        var gateway = await File.ReadAllTextAsync(Path.Join(folder, "client.rgw.a.pid"), cancellationToken);
        using (var process = Process.GetProcessById(int.Parse(gateway.Trim(), CultureInfo.InvariantCulture)))
        {
            process.Kill();
            await process.WaitForExitAsync(cancellationToken);
        }

        var settings = Path.Join(folder, "ceph.conf");
        var lines = (await File.ReadAllLinesAsync(settings, cancellationToken)).Where(line => !line.StartsWith("rgw lc debug interval", StringComparison.Ordinal));
        await File.WriteAllLinesAsync(settings, [.. lines, "rgw lc debug interval = 2"], cancellationToken);
        await InsideAsync(["radosgw", "-n", "client.rgw.a"], cancellationToken);
        await CreateBucketAsync(cancellationToken);
    }

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
    {
        await StopDaemonsAsync();
        foreach (var mounted in Mounts().Where(IsMounted))
        {
            await ShellCommand.RunAsync("umount", "-l", mounted);
        }

        _installation.Dispose();
    }

    private async Task InsideAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        string[] arguments = ["exec chroot \"$@\"", "-", _installation.Root, command[0], "-c", "/srv/ceph/ceph.conf", .. command.Skip(1)];
        if (await ShellCommand.RunAsync("-c", arguments, _installation.Root + ".user.log", cancellationToken) != 0)
        {
            throw new ServerUnavailableException($"Ceph refused {string.Join(' ', command.Take(3))}.");
        }
    }

    private static bool IsMounted(string path) => File.ReadLines("/proc/self/mounts").Any(line => line.Split(' ') is [_, var target, ..] && target == path);

    private string[] Mounts() => [Path.Join(_installation.Root, "proc"), Path.Join(_installation.Root, "dev")];

    private async Task MountAsync()
    {
        var mounts = Mounts();
        if ((!IsMounted(mounts[0]) && await ShellCommand.RunAsync("mount", "-t", "proc", "proc", mounts[0]) != 0)
            || (!IsMounted(mounts[1]) && await ShellCommand.RunAsync("mount", "--bind", "/dev", mounts[1]) != 0))
        {
            throw new ServerUnavailableException("This machine does not let root mount /proc and /dev for Ceph.");
        }
    }

    /// <summary>Ends this run's daemons, or those that a crashed run left: only processes whose root folder is this installation.</summary>
    private async Task StopDaemonsAsync()
    {
        var folder = Path.Join(_installation.Root, "srv", "ceph");
        foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.pid") : [])
        {
            if (int.TryParse((await File.ReadAllTextAsync(file)).Trim(), CultureInfo.InvariantCulture, out var pid)
                && new FileInfo($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/root").LinkTarget == _installation.Root)
            {
                using var process = Process.GetProcessById(pid);
                process.Kill();
                await process.WaitForExitAsync();
            }

            File.Delete(file);
        }
    }

    private async Task CreateBucketAsync(CancellationToken cancellationToken)
    {
        using var client = CreateClient();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        await client.PutBucketAsync(Bucket, limit.Token);
    }
}
