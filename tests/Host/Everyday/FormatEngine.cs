using System.Management.Automation;
using System.Reflection;
using Microsoft.PowerShell.Commands.Internal.Format;

namespace Traf3li.Backup.Hosting;

/// <summary>
/// Reaches PowerShell's own formatter: its base cmdlets are public in System.Management.Automation, but the worker that they drive is
/// set by a package that is not published.
/// </summary>
internal static class FormatEngine
{
    private const BindingFlags Members = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
    private const string Namespace = "Microsoft.PowerShell.Commands.Internal.Format.";

    /// <summary>Makes the cmdlet shape its input as <c>Table</c>, <c>List</c> and so on.</summary>
    public static void Shape(FrontEndCommandBase cmdlet, string shape) =>
        SetWorker(cmdlet, Create("InnerFormatShapeCommand", Enum.Parse(Find("FormatShape"), shape)));

    /// <summary>Makes the cmdlet render its input as lines of text.</summary>
    public static object Render(FrontEndCommandBase cmdlet)
    {
        var worker = Create("OutputManagerInner");
        SetWorker(cmdlet, worker);
        return worker;
    }

    /// <summary>Sends the lines of such a worker to a writer.</summary>
    public static void SendTo(object worker, TextWriter writer, int width) =>
        worker.GetType().GetProperty("LineOutput", Members)!.SetValue(worker, Create("TextWriterLineOutput", writer, width));

    private static void SetWorker(FrontEndCommandBase cmdlet, object worker) =>
        typeof(FrontEndCommandBase).GetField("implementation", Members)!.SetValue(cmdlet, worker);

    private static object Create(string type, params object[] arguments) =>
        Activator.CreateInstance(Find(type), Members, binder: null, arguments, culture: null)!;

    private static Type Find(string name) => typeof(PSObject).Assembly.GetType(Namespace + name, throwOnError: true)!;
}
