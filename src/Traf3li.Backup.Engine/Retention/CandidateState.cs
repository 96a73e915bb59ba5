namespace Traf3li.Backup.Engine.Retention;

/// <summary>What retention knows of a backup, or of what looks like one.</summary>
internal enum CandidateState
{
    /// <summary>Its manifest and all its objects are there, in their recorded sizes.</summary>
    Good,

    /// <summary>An object without a manifest, as the Node scripts wrote them; never counted as good.</summary>
    Legacy,

    /// <summary>An object has another size than recorded, one of several is missing, or the manifest cannot be read.</summary>
    Damaged,

    /// <summary>A newer version of the module wrote its manifest.</summary>
    Unknown,

    /// <summary>An object that only a run that was killed can have left.</summary>
    OrphanObject,

    /// <summary>A manifest, or a hold, none of whose objects is there.</summary>
    OrphanManifest,

    /// <summary>An object whose manifest a removal deleted before it was killed.</summary>
    Interrupted,
}
