using CodexSidecar.Engine.Policy.Commands;
using CodexSidecar.Engine.Processes;
using Xunit;

namespace CodexSidecar.Engine.Tests.Processes;

public sealed class CommandLineSpecs
{
    [Theory]
    [InlineData("npm test", "npm", "test")]
    [InlineData("  dotnet   test\t--no-build ", "dotnet", "test", "--no-build")]
    [InlineData("a 'b c' \"d e\" f'g'\"h\"", "a", "b c", "d e", "fgh")]
    [InlineData("a '' \"\"", "a", "", "")]
    [InlineData("echo '$HOME `x` \\ ! \"'", "echo", "$HOME `x` \\ ! \"")]
    [InlineData("pytest -k=x --cov=src a#b x~y 50%", "pytest", "-k=x", "--cov=src", "a#b", "x~y", "50%")]
    [InlineData("go test ./...", "go", "test", "./...")]
    [InlineData("тест 'ё'", "тест", "ё")]
    public void Plain_words_and_quotes_are_split(string text, params string[] words)
    {
        Assert.True(CommandLine.TrySplit(text, out var argv));
        Assert.Equal(words, argv);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("''")]
    [InlineData("a | b")]
    [InlineData("a && b")]
    [InlineData("a; b")]
    [InlineData("a &")]
    [InlineData("a > b")]
    [InlineData("a < b")]
    [InlineData("a $HOME")]
    [InlineData("a \"$HOME\"")]
    [InlineData("a `b`")]
    [InlineData("a \"`b`\"")]
    [InlineData("a $(b)")]
    [InlineData("(a)")]
    [InlineData("{ a; }")]
    [InlineData("a *.js")]
    [InlineData("a file?.js")]
    [InlineData("a [ab]")]
    [InlineData("a \\b")]
    [InlineData("a \"b\\\"c\"")]
    [InlineData("a 'b")]
    [InlineData("a \"b")]
    [InlineData("X=1 a")]
    [InlineData("a #comment")]
    [InlineData("a ~/x")]
    [InlineData("a !b")]
    [InlineData("a {b,c}")]
    [InlineData("a\nb")]
    [InlineData("a 'b\nc'")]
    [InlineData("a\0b")]
    public void What_means_something_to_a_shell_is_refused(string text) => Assert.False(CommandLine.TrySplit(text, out _));

    /// <summary>Where the two differed, something could be judged as one command and started as another.</summary>
    [Theory]
    [InlineData("a b#c", true)]
    [InlineData("a #b", false)]
    [InlineData("a x=~/y", false)]
    [InlineData("a x:~", false)]
    [InlineData("a ''~", true)]
    [InlineData("a ;", false)]
    [InlineData("a \"b\tc\" d", true)]
    public void Policy_sees_one_command_where_one_is_started(string text, bool isOne)
    {
        Assert.Equal(isOne, CommandLine.TrySplit(text, out var argv));
        Assert.Equal(isOne, CommandGrammar.TryParse(text, out var commands, out _) && commands.Count == 1 && !text.Contains(';'));
        if (isOne)
        {
            Assert.Equal(argv, commands[0]);
        }
    }

    [Theory]
    [InlineData("npm", "test")]
    [InlineData("a", "", "b c", "it's", "$HOME", "\"", "'\"", "*", "x=y", "~", "#")]
    public void A_joined_line_splits_into_the_same_words(params string[] argv)
    {
        // A word with a quote of each kind needs both; the rest is plain.
        Assert.True(CommandLine.TrySplit(CommandLine.Join(argv), out var again));
        Assert.Equal(argv, again);
    }

    [Fact]
    public void A_joined_line_is_quoted_only_where_needed() =>
        Assert.Equal("npm run 'a b' ''", CommandLine.Join(["npm", "run", "a b", ""]));
}
