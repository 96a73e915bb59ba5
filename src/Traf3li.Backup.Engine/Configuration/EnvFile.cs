using dotenv.net;

namespace Traf3li.Backup.Engine.Configuration;

/// <summary>Reads a .env file: <c>NAME=value</c> lines with comments, quotes and an optional <c>export</c>. Nothing reaches the process's environment.</summary>
internal static class EnvFile
{
    private const string DefaultName = ".env";
    private const long LargestSize = 1 << 20;

    /// <summary>Reads the file; the default one may be absent, a named one may not. A name that is set twice has its last value.</summary>
    /// <exception cref="ConfigurationInvalidException">The file is absent, too large or cannot be read.</exception>
    public static IReadOnlyDictionary<string, SettingValue> Read(string? envFile, string workingDirectory)
    {
        var path = Path.GetFullPath(envFile ?? DefaultName, workingDirectory);
        var values = new Dictionary<string, SettingValue>(StringComparer.Ordinal);
        if (!File.Exists(path))
        {
            return envFile is null
                ? values
                : throw new ConfigurationInvalidException("EnvFile", $"there is no file {path}.", "Correct -EnvFile, or leave it out to read .env in the current folder when there is one.");
        }

        try
        {
            if (new FileInfo(path).Length > LargestSize)
            {
                throw new ConfigurationInvalidException("EnvFile", $"{path} is larger than 1 MB and surely no .env file.", "Correct -EnvFile.");
            }

            var lines = LineNumbers(path);
            var options = new DotEnvOptions(ignoreExceptions: false, envFilePaths: [path], trimValues: true);
            foreach (var (written, text) in DotEnv.Read(options))
            {
                var name = NameOf(written);
                values[name] = new SettingValue(text, new SettingOrigin(path, lines.TryGetValue(name, out var line) ? line : null));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationInvalidException("EnvFile", $"{path} cannot be read: {error.Message}", "Make the file readable for the user that runs the command.", error);
        }
        catch (ArgumentException)
        {
            // The parser's own message may quote the line, and a line of a .env file may be a secret.
            throw new ConfigurationInvalidException("EnvFile", $"{path} is not a valid .env file: a quote is not closed.", "Close every quote; put a value that holds a quote into quotes of the other kind.");
        }

        return values;
    }

    private static Dictionary<string, int> LineNumbers(string path)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                numbers[NameOf(line[..equals])] = number;
            }
        }

        return numbers;
    }

    private static string NameOf(string written)
    {
        var name = written.Trim('\uFEFF', ' ', '\t');
        return name.StartsWith("export ", StringComparison.Ordinal) || name.StartsWith("export\t", StringComparison.Ordinal) ? name[7..].Trim() : name;
    }
}
