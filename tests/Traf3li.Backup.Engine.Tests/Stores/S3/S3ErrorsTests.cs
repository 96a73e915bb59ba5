using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Amazon.Runtime;
using Amazon.S3;
using Traf3li.Backup.Engine.Stores.S3;

namespace Traf3li.Backup.Engine.Tests.Stores.S3;

public sealed class S3ErrorsTests
{
    [Theory]
    [InlineData("AccessDenied", HttpStatusCode.Forbidden, "StoreAccessDenied")]
    [InlineData("InvalidAccessKeyId", HttpStatusCode.Forbidden, "StoreAccessDenied")]
    [InlineData("SignatureDoesNotMatch", HttpStatusCode.Forbidden, "StoreAccessDenied")]
    [InlineData("ExpiredToken", HttpStatusCode.BadRequest, "StoreAccessDenied")]
    [InlineData("", HttpStatusCode.Forbidden, "StoreAccessDenied")]
    [InlineData("NoSuchBucket", HttpStatusCode.NotFound, "StoreNotFound")]
    [InlineData("NoSuchKey", HttpStatusCode.NotFound, "BackupNotFound")]
    [InlineData("RequestTimeTooSkewed", HttpStatusCode.Forbidden, "ClockSkew")]
    [InlineData("PermanentRedirect", HttpStatusCode.MovedPermanently, "StoreRegion")]
    [InlineData("AuthorizationHeaderMalformed", HttpStatusCode.BadRequest, "StoreRegion")]
    [InlineData("InvalidObjectState", HttpStatusCode.Forbidden, "ObjectArchived")]
    [InlineData("QuotaExceeded", HttpStatusCode.Forbidden, "DiskFull")]
    [InlineData("PreconditionFailed", HttpStatusCode.PreconditionFailed, "ObjectExists")]
    [InlineData("Unheard", HttpStatusCode.BadRequest, "StoreFailed")]
    public void Answers_have_a_meaning_and_are_not_tried_again(string code, HttpStatusCode status, string errorId)
    {
        var error = Answer(code, status);

        Assert.Equal(errorId, Map(error).ErrorId);
        Assert.False(S3Errors.IsTransient(error, hasAnswered: true));
    }

    [Fact]
    public void A_refusal_names_action_and_resource()
    {
        var error = Assert.IsType<StoreAccessDeniedException>(Map(Answer("AccessDenied", HttpStatusCode.Forbidden)));

        Assert.Equal(("s3:PutObject", "bucket/key"), (error.Action, error.Resource));
    }

    [Fact]
    public void The_region_is_taken_from_the_answer()
    {
        var error = new AmazonS3Exception(
            "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'me-south-1'", null, ErrorType.Sender, "AuthorizationHeaderMalformed", "r", HttpStatusCode.BadRequest);

        Assert.Equal("me-south-1", Assert.IsType<StoreRegionException>(Map(error)).ExpectedRegion);
    }

    [Theory]
    [InlineData("SlowDown", HttpStatusCode.ServiceUnavailable)]
    [InlineData("InternalError", HttpStatusCode.InternalServerError)]
    [InlineData("RequestTimeout", HttpStatusCode.BadRequest)]
    [InlineData("BadDigest", HttpStatusCode.BadRequest)]
    [InlineData("", HttpStatusCode.BadGateway)]
    [InlineData("", HttpStatusCode.TooManyRequests)]
    public void What_may_go_away_is_tried_again(string code, HttpStatusCode status) =>
        Assert.True(S3Errors.IsTransient(Answer(code, status), hasAnswered: true));

    [Fact]
    public void A_refused_connection_is_tried_again_only_when_the_store_answered_before()
    {
        var error = new HttpRequestException("no", new SocketException((int)SocketError.ConnectionRefused));

        Assert.True(S3Errors.IsTransient(error, hasAnswered: true));
        Assert.False(S3Errors.IsTransient(error, hasAnswered: false));
        Assert.IsType<StoreUnreachableException>(Map(error));
    }

    [Fact]
    public void A_tls_failure_is_one()
    {
        var error = new HttpRequestException("no", new AuthenticationException("the certificate has expired"));

        Assert.False(S3Errors.IsTransient(error, hasAnswered: true));
        Assert.Contains("certificate has expired", Assert.IsType<TlsFailedException>(Map(error)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_connection_is_tried_again()
    {
        Assert.True(S3Errors.IsTransient(new HttpIOException(HttpRequestError.ResponseEnded), hasAnswered: true));
        Assert.True(S3Errors.IsTransient(new EndOfStreamException(), hasAnswered: true));
        Assert.True(S3Errors.IsTransient(new TimeoutException(), hasAnswered: true));
        Assert.False(S3Errors.IsTransient(new OperationCanceledException(), hasAnswered: true));
    }

    private static BackupException Map(Exception error) => S3Errors.Map("s3:PutObject", "bucket/key", "key", "s3://bucket", "host:443", error);

    private static AmazonS3Exception Answer(string code, HttpStatusCode status) => new("text", null, ErrorType.Sender, code, "request", status);
}
