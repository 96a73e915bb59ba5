namespace Traf3li.Backup.Engine.Redis.Connection;

/// <summary>Gets the replies of a <see cref="RedisPipeline" />.</summary>
internal interface IRespHandler
{
    /// <summary>A reply, which may be an error. It comes on the pipeline's receiving thread, which it must not hold up.</summary>
    /// <param name="tag">The command's, as it was given.</param>
    /// <param name="reply">The reply.</param>
    /// <exception cref="BackupException">Ends the pipeline: whoever uses it next gets this error.</exception>
    void OnReply(long tag, RespValue reply);
}
