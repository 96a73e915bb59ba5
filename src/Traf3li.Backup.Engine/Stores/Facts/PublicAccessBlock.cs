namespace Traf3li.Backup.Engine.Stores.Facts;

/// <summary>What of public access is blocked (Amazon S3 user guide, "Blocking public access to your Amazon S3 storage").</summary>
/// <param name="NewAcls">New access lists that let everybody in are refused.</param>
/// <param name="ExistingAcls">Existing access lists that let everybody in are ignored.</param>
/// <param name="NewPolicy">New policies that let everybody in are refused.</param>
/// <param name="ExistingPolicy">An existing policy that lets everybody in holds for the owner's account only.</param>
internal sealed record PublicAccessBlock(bool NewAcls, bool ExistingAcls, bool NewPolicy, bool ExistingPolicy)
{
    /// <summary>Nothing is blocked.</summary>
    public static readonly PublicAccessBlock None = new(false, false, false, false);

    /// <summary>Whether all is blocked.</summary>
    public bool IsComplete => NewAcls && IsEnough;

    /// <summary>Whether nobody gets in: an access list for everybody may be taken, but is ignored.</summary>
    public bool IsEnough => ExistingAcls && NewPolicy && ExistingPolicy;
}
