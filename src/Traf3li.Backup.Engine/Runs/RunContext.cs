using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Stores;

namespace Traf3li.Backup.Engine.Runs;

/// <summary>What observers are made from.</summary>
/// <param name="Options">What was asked for.</param>
/// <param name="Settings">The settings of the run.</param>
/// <param name="Store">The destination, open until all observers have ended; null when there is none or it cannot be opened.</param>
/// <param name="Reporter">Where to say what is done. Its warnings go into the record.</param>
/// <param name="Time">The clock.</param>
/// <param name="Stopped">Signalled as soon as the user stops the run. What is long ends with it; what only tells of the end has its own limit.</param>
internal sealed record RunContext(RunOptions Options, EngineSettings Settings, IObjectStore? Store, IEngineReporter Reporter, TimeProvider Time, CancellationToken Stopped);
