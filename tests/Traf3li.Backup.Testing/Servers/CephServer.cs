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
    public async Task CreateUserAsync(string name, string secret, CancellationToken cancellationToken)
    {
        string[] arguments = ["exec chroot \"$@\"", "-", _installation.Root, "radosgw-admin", "-c", "/srv/ceph/ceph.conf", "user", "create", "--uid", name, "--display-name", name, "--access-key", name, "--secret", secret];
        if (await ShellCommand.RunAsync("-c", arguments, _installation.Root + ".user.log", cancellationToken) != 0)
        {
            throw new ServerUnavailableException("Ceph did not make a user.");
        }
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
