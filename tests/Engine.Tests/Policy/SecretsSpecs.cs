using CodexSidecar.Engine.Policy;

namespace CodexSidecar.Engine.Tests.Policy;

public sealed class SecretsSpecs
{
    // Put together here, so that no scanner of repositories takes them for real ones.
    private const string Random = "q7Rk2" + "Zp9xVt4" + "LmW8sB3n";

    [Theory]
    [InlineData("AKIA" + "IOSFODNN7EXAMPLE", "[redacted:aws_key]")]
    [InlineData("x ghp_" + "0123456789abcdefghijABCDEFGHIJ012345 y", "x [redacted:github_token] y")]
    [InlineData("glpat-" + "abcDEF123456_7890xyz", "[redacted:gitlab_token]")]
    [InlineData("OPENAI=sk-" + "proj-abcdefghijklmnop1234", "OPENAI=[redacted:api_key]")]
    [InlineData("hf_" + "abcdefghijklmnopqrstuvwxyzABCDEFGH", "[redacted:api_key]")]
    [InlineData("password=" + Random, "password=[redacted:secret]")]
    [InlineData("DB_PASSWORD: \"" + Random + "\"", "DB_PASSWORD: \"[redacted:secret]\"")]
    [InlineData("{\"apiKey\": \"" + Random + "\"}", "{\"apiKey\": \"[redacted:secret]\"}")]
    [InlineData("const token = '" + Random + "';", "const token = '[redacted:secret]';")]
    [InlineData("AccountKey=" + Random + "==;Endpoint", "AccountKey=[redacted:secret];Endpoint")]
    [InlineData("Authorization: Bearer " + Random, "Authorization: Bearer [redacted:secret]")]
    [InlineData("postgres://app:" + Random + "@db/x", "postgres://app:[redacted:password]@db/x")]
    [InlineData(
        "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nMIIE\n-----END RSA PRIVATE KEY-----\nrest",
        "[redacted:private_key]\nrest"
    )]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIB\nAQC7", "[redacted:private_key]")]
    public void Credentials_are_replaced(string text, string expected) => Assert.Equal(expected, Secrets.Redact(text));

    [Theory]
    [InlineData("var password = user.GetPasswordFromConfiguration();")]
    [InlineData("if (token == CancellationToken.None) return;")]
    [InlineData("password: process.env.DATABASE_PASSWORD_2024")]
    [InlineData("PublicKeyToken=b77a5c561934e089, Culture=neutral")]
    [InlineData("\"integrity\": \"sha512-q7Rk2Zp9xVt4LmW8sB3nq7Rk2Zp9xVt4LmW8sB3n==\"")]
    [InlineData("commit 5116136ab0c1d2e3f405162738495a6b7c8d9e0f")]
    [InlineData("token: string; secret: SecretStorageProvider<1>")]
    [InlineData("api_key=\"your-api-key-goes-here\"")]
    [InlineData("password = \"password\"")]
    [InlineData("tokenizer = \"Qwen2.5-Coder-32B-Instruct-GGUF\"")]
    [InlineData("postgres://postgres:postgres@localhost:5432/test")]
    [InlineData("secret_name: projects/my-project-123/secrets/db")]
    [InlineData("const header = \"-----BEGIN PRIVATE KEY-----\";\nreturn header.Length;")]
    [InlineData("\"token\": \"550e8400\"")]
    public void Code_is_left_as_it_is(string text) => Assert.Equal(text, Secrets.Redact(text));

    [Fact]
    public async Task A_large_hostile_text_is_done_in_time()
    {
        var text = string.Concat(Enumerable.Repeat("password=-----BEGIN PRIVATE KEY-----a-://x:", 20_000));

        await Task.Run(() => Secrets.Redact(text)).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }
}
