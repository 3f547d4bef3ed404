using CodexSidecar.Faces.Cli;
using CodexSidecar.Testing;
using CsCheck;
using Xunit;

namespace CodexSidecar.Sidecar.Tests.Cli;

public sealed class HarmlessSpecs
{
    [Fact]
    public void Nothing_a_terminal_obeys_is_left_of_any_text() =>
        Gen.Char[char.MinValue, char.MaxValue]
            .Array[0, 40]
            .Select(letters => new string(letters))
            .Holds(text =>
                !Harmless.Line(text).Any(char.IsControl) && !Harmless.Text(text).Any(letter => char.IsControl(letter) && letter != '\n')
            );

    [Fact]
    public void Half_a_character_is_shown_as_a_sign() => Assert.Equal("\ufffdx", Harmless.Line("\ud800x"));

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("привіт, 世界, 🦊, naïve", "привіт, 世界, 🦊, naïve")]
    [InlineData("می‌خواهم 👩‍💻", "می‌خواهم 👩‍💻")]
    [InlineData("a\tb", "a    b")]
    [InlineData("if (x) \u2066// \u2069", "if (x) \ufffd// \ufffd")]
    public void Ordinary_text_of_any_language_stays_as_it_is(string text, string shown) => Assert.Equal(shown, Harmless.Line(text));
}
