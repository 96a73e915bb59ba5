using System.Text.Encodings.Web;
using System.Text.Json;
using Traf3li.Backup.Engine.Catalog;
using Traf3li.Backup.Engine.Configuration;
using Traf3li.Backup.Engine.Locks;
using Traf3li.Backup.Engine.Notifications;
using Traf3li.Backup.Engine.Retention;
using Traf3li.Backup.Engine.Runs;

namespace Traf3li.Backup.Engine.Stores.S3.Setup;

/// <summary>
/// The least IAM policies (Amazon S3 service authorization reference). Listing is not limited to the prefix: S3 answers a HEAD of a missing object with
/// 403 then, since that request names no prefix, and a backup could not tell a free key from a forbidden one. Who restores may not write into the
/// folder of journals, because retention finishes what a journal says.
/// </summary>
internal static class AccessPolicies
{
    private const string List = "s3:ListBucket";
    private const string ListUploads = "s3:ListBucketMultipartUploads";
    private const string LockOfBucket = "s3:GetBucketObjectLockConfiguration";
    private const string Get = "s3:GetObject";
    private const string Put = "s3:PutObject";
    private const string Delete = "s3:DeleteObject";
    private const string Abort = "s3:AbortMultipartUpload";
    private const string Parts = "s3:ListMultipartUploadParts";
    private const string RetentionOfObject = "s3:GetObjectRetention";
    private const string HoldOfObject = "s3:GetObjectLegalHold";

    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The policy as JSON.</summary>
    /// <param name="policy">What it is for.</param>
    /// <param name="destination">The bucket and prefix.</param>
    /// <param name="kmsKeyId">The KMS key of new objects; null for none.</param>
    public static string Describe(StorePolicy policy, S3Destination destination, string? kmsKeyId)
    {
        var bucket = $"arn:aws:s3:::{destination.Bucket}";
        var home = $"{bucket}/{destination.Prefix}";
        var backups = $"{home}{BackupKey.Root}*";
        string[] runs = [$"{home}{LockObject.Folder}*", $"{home}{RunKey.Folder}*", $"{home}{NotificationSubject.Folder}*", home + S3Store.AccessCheckKey];
        // Every object gets the destination's tags, locks and records too.
        string[] write = destination.Tags.Count > 0 ? [Put, "s3:PutObjectTagging"] : [Put];
        List<object> statements = policy switch
        {
            StorePolicy.Backup =>
            [
                Statement("Bucket", [List, ListUploads], bucket),
                Statement("Objects", [Get, .. write, Delete, Abort, Parts], backups),
            ],
            StorePolicy.Restore =>
            [
                Statement("Bucket", [List], bucket),
                Statement("Objects", [Get, "s3:RestoreObject"], backups),
                Statement("Runs", [.. write, Delete, Abort], runs),
            ],
            StorePolicy.Retention =>
            [
                Statement("Bucket", [List, ListUploads, "s3:GetBucketVersioning", LockOfBucket], bucket),
                Statement("Objects", [Get, Delete, Abort, Parts, RetentionOfObject, HoldOfObject], backups),
                Statement("Runs", write, [.. runs, $"{home}{RemovalJournal.Folder}*"]),
            ],
            _ =>
            [
                Statement("Bucket", [List, LockOfBucket], bucket),
                Statement("Objects", [Get, RetentionOfObject, HoldOfObject, "s3:PutObjectRetention", "s3:PutObjectLegalHold", "s3:BypassGovernanceRetention"], backups),
                Statement("Runs", [.. write, Delete, Abort], [.. runs, backups + BackupHolds.Suffix]),
            ],
        };
        if (kmsKeyId is not null)
        {
            var key = kmsKeyId.StartsWith("arn:", StringComparison.Ordinal) ? kmsKeyId : $"arn:aws:kms:*:*:{(kmsKeyId.StartsWith("alias/", StringComparison.Ordinal) ? "key/*" : $"key/{kmsKeyId}")}";
            statements.Add(Statement("Encryption", ["kms:GenerateDataKey", "kms:Decrypt"], key));
        }

        return JsonSerializer.Serialize(new { Version = "2012-10-17", Statement = statements }, Options);
    }

    private static object Statement(string id, string[] action, params string[] resource) => new { Sid = id, Effect = "Allow", Action = action, Resource = resource };
}
