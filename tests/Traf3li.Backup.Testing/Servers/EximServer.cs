using System.Diagnostics;
using System.Net.Sockets;

namespace Traf3li.Backup.Testing.Servers;

/// <summary>
/// A real SMTP server, Exim of Debian, unpacked once per machine and run in a root of its own, which needs root: it wants STARTTLS before a login, the user
/// <c>backup</c> with the password <c>right password</c> before mail, refuses the recipient <c>gone</c>, and puts what it takes into a file.
/// </summary>
public sealed class EximServer : IAsyncDisposable
{
    /// <summary>The password of the user <c>backup</c>.</summary>
    public const string Password = "right password";

    private const UnixFileMode Everyone = (UnixFileMode)0b111_111_111;

    private readonly Process _process;
    private readonly string _folder;

    private EximServer(Process process, string folder, int port, TestCertificates certificates)
    {
        _process = process;
        _folder = folder;
        Port = port;
        Certificates = certificates;
    }

    /// <summary>Its port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>What vouches for it.</summary>
    public TestCertificates Certificates { get; }

    /// <summary>The mails that it took, one after the other.</summary>
    public string Mail => File.Exists(Path.Combine(_folder, "mail")) ? File.ReadAllText(Path.Combine(_folder, "mail")) : "";

    /// <summary>Starts it; skips the test where it cannot be had.</summary>
    public static async Task<EximServer> StartOrSkipAsync(CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows() || !File.Exists("/etc/debian_version") || !Environment.IsPrivilegedProcess || SharedFolder.Find("servers/unpack-debian.sh") is not { } script)
        {
            Assert.Skip("no Exim: run as root on Debian with shared/servers beside the repository");
            return null!;
        }

        var root = DebianUnpacker.RootOf("exim4-bookworm");
        try
        {
            await using var heldLock = await DebianUnpacker.LockAsync(root, cancellationToken);
            await DebianUnpacker.UnpackAsync(script, "bookworm", root, ["exim4-daemon-light"], cancellationToken);
            await File.WriteAllTextAsync(Path.Join(root, "etc", "passwd"), "root:x:0:0:root:/root:/bin/sh\nDebian-exim:x:101:101::/:/bin/sh\n", cancellationToken);
            await File.WriteAllTextAsync(Path.Join(root, "etc", "group"), "root:x:0:\nDebian-exim:x:101:\n", cancellationToken);
        }
        catch (ServerUnavailableException reason)
        {
            Assert.Skip(reason.Message);
        }

        // Exim sees the folder as /tmp/NAME.
        var folder = Directory.CreateDirectory(Path.Join(root, "tmp", Path.GetRandomFileName())).FullName;
        // Exim never delivers as root, and what delivers may keep root's group.
        File.SetUnixFileMode(folder, Everyone);
        var inside = "/tmp/" + Path.GetFileName(folder);
        var certificates = new TestCertificates(folder);
        var port = FreePort.Next();
        await File.WriteAllTextAsync(Path.Join(folder, "exim.conf"), Configuration(inside, port), cancellationToken);
        var process = Process.Start(new ProcessStartInfo("chroot", [root, "/usr/sbin/exim4", "-C", $"{inside}/exim.conf", "-bdf"]) { RedirectStandardError = true })!;
        var server = new EximServer(process, folder, port, certificates);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await AnswersAsync(port, cancellationToken))
        {
            if (process.HasExited)
            {
                throw new InvalidOperationException("Exim ended: " + await process.StandardError.ReadToEndAsync(cancellationToken));
            }

            await timer.WaitForNextTickAsync(cancellationToken);
        }

        return server;
    }

    /// <summary>Waits until it has delivered a mail that holds a text.</summary>
    public async Task<string> WaitForMailAsync(string text, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var waited = Stopwatch.StartNew();
        while (!Mail.Contains(text, StringComparison.Ordinal))
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(30), "Exim delivered nothing: " + string.Join('\n', Directory.GetFiles(_folder, "*log").Select(File.ReadAllText)));
            await timer.WaitForNextTickAsync(cancellationToken);
        }

        return Mail;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<bool> AnswersAsync(int port, CancellationToken cancellationToken)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string Configuration(string folder, int port) =>
        $$$$$"""
        exim_user = root
        exim_group = root
        never_users =
        daemon_smtp_ports = {{{{{port}}}}}
        local_interfaces = 127.0.0.1
        spool_directory = {{{{{folder}}}}}/spool
        log_file_path = {{{{{folder}}}}}/%slog
        pid_file_path = {{{{{folder}}}}}/pid
        primary_hostname = mail.test
        tls_advertise_hosts = *
        tls_certificate = {{{{{folder}}}}}/server.crt
        tls_privatekey = {{{{{folder}}}}}/server.key
        acl_smtp_rcpt = recipients
        keep_environment =
        begin acl
        recipients:
          deny !authenticated = *
               message = log in first
          deny local_parts = gone
               message = no such mailbox
          accept
        begin routers
        all:
          driver = accept
          transport = file
        begin transports
        file:
          driver = appendfile
          file = {{{{{folder}}}}}/mail
          user = 101
          group = 101
        begin authenticators
        plain:
          driver = plaintext
          public_name = PLAIN
          server_advertise_condition = ${if def:tls_in_cipher}
          server_prompts = :
          server_condition = ${if and{{eq{$auth2}{backup}}{eq{$auth3}{right password}}}}
          server_set_id = $auth2

        """;
}
