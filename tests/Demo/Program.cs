using System.Runtime.InteropServices;
using System.Text.Json;
using MongoDB.Driver;
using Traf3li.Backup.Demo;

// The demo script writes a line a command to this process and reads a line of JSON as its answer. When the script is gone, however it
// ended, there is nothing more to read, and the server and its data go too.
var stopped = false;
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => stopped = signal.Cancel = true);
DemoServer? server;
try
{
    server = await DemoServer.StartAsync();
}
catch (Exception exception) when (exception is MongoException or TimeoutException or InvalidOperationException)
{
    Answer(new { Error = exception.Message });
    return 1;
}

if (server is null)
{
    Console.WriteLine("null");
    return 1;
}

await using (server)
{
    Answer(new { server.Uri, server.Database, server.IsOwn });
    while (await Console.In.ReadLineAsync() is { } command)
    {
        try
        {
            switch (command.Split(' '))
            {
                case ["fill"]:
                    await SampleShop.FillAsync(server.Shop);
                    Answer(await ContentReport.CreateAsync(server.Shop));
                    break;
                case ["report"]:
                    Answer(await ContentReport.CreateAsync(server.Shop));
                    break;
                case ["drop", var collection]:
                    await server.Shop.DropCollectionAsync(collection);
                    Answer(await ContentReport.CreateAsync(server.Shop));
                    break;
                default:
                    throw new InvalidOperationException($"The demo knows no command {command}.");
            }
        }
        catch (Exception) when (stopped)
        {
            break;
        }
        catch (Exception exception) when (exception is MongoException or TimeoutException)
        {
            Answer(new { Error = exception.Message });
        }
    }
}

return 0;

static void Answer(object value) => Console.WriteLine(JsonSerializer.Serialize(value));
