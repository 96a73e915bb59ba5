namespace Traf3li.Backup.Engine.Stores.FileSystem;

/// <summary>
/// Lets one writer at a time compare and replace files of a folder: an empty file beside them, opened for nobody else. The operating system holds
/// that between processes and gives it back when one is killed: flock on Unix, which NFS passes on to the server, and share modes on Windows and
/// SMB. A share that does not pass locks on between machines (NFS mounted with nolock) protects only against this machine.
/// </summary>
internal static class SwapGuard
{
    // As a file that is being written it is never listed; its name holds no process, so it is not taken for what a killed one left either.
    private const string FileName = TemporaryFileName.Lead + "guard";
    private const int WouldBlockLinux = 11; // EWOULDBLOCK
    private const int WouldBlockMac = 35; // EWOULDBLOCK
    private const int SharingViolation = unchecked((int)0x80070020); // ERROR_SHARING_VIOLATION
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Waits until no other writer swaps in the folder; disposing ends it.</summary>
    /// <exception cref="IOException">Another has held it for 20 seconds, or the folder cannot be written.</exception>
    public static async Task<IDisposable> EnterAsync(string folder, TimeProvider time, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        while (true)
        {
            try
            {
                return Open(folder);
            }
            catch (IOException error) when (IsHeld(error) && time.GetElapsedTime(begun) < Limit)
            {
                await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Whether the file system keeps a second writer out at all.</summary>
    public static async Task<bool> IsKeptAsync(string folder, TimeProvider time, CancellationToken cancellationToken)
    {
        using var held = await EnterAsync(folder, time, cancellationToken).ConfigureAwait(false);
        try
        {
            Open(folder).Dispose();
            return false;
        }
        catch (IOException error) when (IsHeld(error))
        {
            return true;
        }
    }

    private static FileStream Open(string folder)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(Path.Join(folder, FileName), options);
    }

    private static bool IsHeld(IOException error) => error.HResult is WouldBlockLinux or WouldBlockMac or SharingViolation;
}
