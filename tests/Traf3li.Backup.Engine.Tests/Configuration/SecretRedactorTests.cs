using Traf3li.Backup.Engine.Configuration;

namespace Traf3li.Backup.Engine.Tests.Configuration;

public sealed class SecretRedactorTests
{
    [Theory]
    [InlineData("mongodb://u:p@h:27017/db?x=1", "mongodb://u:***@h:27017/db?x=1")]
    [InlineData("mongodb+srv://u:p%40@h/", "mongodb+srv://u:***@h/")]
    [InlineData("mongodb://h1,h2:27018/?replicaSet=r", "mongodb://h1,h2:27018/?replicaSet=r")]
    [InlineData("redis://:secret@h", "redis://:***@h")]
    [InlineData("redis://secret@h", "redis://***@h")]
    [InlineData("connect to 'mongodb://u:p@h' failed", "connect to 'mongodb://u:***@h' failed")]
    [InlineData("mongodb://u:a/b?c@d@h/", "mongodb://u:***@h/")]
    [InlineData("mongodb://h/?tlsCertificateKeyFilePassword=x&tls=true", "mongodb://h/?tlsCertificateKeyFilePassword=***&tls=true")]
    [InlineData("mongodb://h/?authMechanismProperties=AWS_SESSION_TOKEN:abc&a=b", "mongodb://h/?authMechanismProperties=***&a=b")]
    [InlineData("https://b.s3.amazonaws.com/k?X-Amz-Signature=abc&X-Amz-Credential=d&partNumber=1", "https://b.s3.amazonaws.com/k?X-Amz-Signature=***&X-Amz-Credential=***&partNumber=1")]
    [InlineData("s3://bucket/a@b?tag.owner=c@d&kmsKeyId=k", "s3://bucket/a@b?tag.owner=c@d&kmsKeyId=k")]
    [InlineData("s3://AKIA:sec/ret@bucket", "s3://AKIA:***@bucket")]
    [InlineData("file:///C:/a@b", "file:///C:/a@b")]
    [InlineData("nothing here", "nothing here")]
    public void Secrets_are_taken_out(string text, string expected) => Assert.Equal(expected, SecretRedactor.Redact(text));
}
