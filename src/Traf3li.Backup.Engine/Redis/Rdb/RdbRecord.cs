namespace Traf3li.Backup.Engine.Redis.Rdb;

/// <summary>What <see cref="RdbReader.Read" /> came to.</summary>
internal enum RdbRecord
{
    /// <summary>A name and a text about the RDB: <see cref="RdbReader.Aux" />.</summary>
    Aux,

    /// <summary>A library of functions: <see cref="RdbReader.Function" />.</summary>
    Function,

    /// <summary>Data of a module that belongs to no key: <see cref="RdbReader.ModuleName" />. It cannot be restored over a connection.</summary>
    ModuleAux,

    /// <summary>The keys that follow are of <see cref="RdbReader.Database" />.</summary>
    Database,

    /// <summary>How many keys to expect: <see cref="RdbReader.ExpectedKeys" /> and <see cref="RdbReader.ExpectedExpiring" />.</summary>
    DatabaseSize,

    /// <summary>How many keys a slot of a cluster has; only a hint.</summary>
    SlotInfo,

    /// <summary>A migration of slots into this server was under way (Valkey 9): the keys of these slots may be incomplete.</summary>
    SlotImport,

    /// <summary>A key; its value can be taken now, and is passed over if it is not.</summary>
    Key,

    /// <summary>The end, and nothing behind it. The checksum was right: <see cref="RdbReader.Checksum" />.</summary>
    End,
}
