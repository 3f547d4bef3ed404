using CodexSidecar.Engine.Mapping;

namespace CodexSidecar.Engine.Tests.Mapping;

public sealed class RepositoryMapSpecs
{
    private static readonly Dictionary<string, string> Shop = new(StringComparer.Ordinal)
    {
        ["README.md"] = "basket basket basket discount",
        ["src/Basket.cs"] = "public class Basket\n{\n    public decimal Total() => new PriceRounding().Round(1);\n}\n",
        ["src/Customer.cs"] = "public class Customer\n{\n    public string Name => \"\";\n}\n",
        ["src/Printer.cs"] = "public class Printer\n{\n    public void Print(Customer customer) => customer.Name.ToString();\n}\n",
        ["src/PriceRounding.cs"] = "public class PriceRounding\n{\n    public decimal Round(decimal price) => price;\n}\n",
        ["src/Unread.cs"] = "public class Unread\n{\n}\n",
    };

    private static RepositoryMap Of(Dictionary<string, string> files, string task) =>
        RepositoryMap.Of([.. files.Keys.Order(StringComparer.Ordinal)], task, files.GetValueOrDefault, CancellationToken.None);

    [Theory]
    [InlineData("The basket shows a wrong total", "src/Basket.cs")]
    [InlineData("PriceRounding rounds down", "src/PriceRounding.cs")]
    [InlineData("src/Unread.cs does not compile", "src/Unread.cs")]
    [InlineData("Unread.cs does not compile", "src/Unread.cs")]
    [InlineData("printing fails for customers", "src/Printer.cs")]
    public void The_file_the_task_speaks_of_comes_first(string task, string first) => Assert.Equal(first, Of(Shop, task).Ranked[0]);

    [Fact]
    public void What_such_a_file_uses_comes_next_though_the_task_does_not_name_it() =>
        Assert.Equal(["src/Basket.cs", "src/PriceRounding.cs"], Of(Shop, "The basket shows a wrong sum").Ranked.Take(2));

    [Fact]
    public void Every_file_is_in_the_order_once_and_only_code_has_names()
    {
        var map = Of(Shop, "The basket shows a wrong total");

        Assert.Equal(Shop.Keys.Order(StringComparer.Ordinal), map.Ranked.Order(StringComparer.Ordinal));
        var lines = map.Draw(4_000).Split('\n');
        Assert.Equal("src/Basket.cs: Basket, Total", lines[0]);
        Assert.Contains("README.md", lines);
    }

    [Fact]
    public void A_map_that_is_too_large_ends_within_its_budget_and_says_how_much_is_missing()
    {
        var files = Enumerable
            .Range(0, 3_000)
            .ToDictionary(number => $"src/Part{number}.cs", number => $"class Part{number}\n{{\n    Part{number / 2} other;\n}}\n");
        var map = Of(files, "Part77 is wrong");

        var text = map.Draw(2_100);
        var listed = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length - 1;
        Assert.StartsWith("src/Part77.cs: Part77\n", text, StringComparison.Ordinal);
        Assert.InRange(text.Length, 1_500, 2_200);
        Assert.EndsWith($"({3_000 - listed} more files; ask list_dir or search)\n", text, StringComparison.Ordinal);
        Assert.Equal(text, Of(files, "Part77 is wrong").Draw(2_100));
    }

    [Fact]
    public void Work_is_bounded_and_the_same_files_are_read_every_time()
    {
        var page = $"class Big {{\n{string.Concat(Enumerable.Repeat("  other.call(one, two);\n", 8_000))}}}\n";
        var asked = new HashSet<string>(StringComparer.Ordinal);
        var paths = Enumerable.Range(0, 2_000).Select(number => $"a/f{number:0000}.js").ToList();
        string? Read(string path)
        {
            lock (asked)
            {
                asked.Add(path);
            }
            return page;
        }

        RepositoryMap.Of(paths, "Big", Read, CancellationToken.None);

        // 48 Mi characters, in portions of 256 files.
        Assert.Equal(paths.Take(asked.Count), asked.Order(StringComparer.Ordinal));
        Assert.Equal(512, asked.Count);
    }

    [Fact]
    public void A_task_without_words_and_files_that_cannot_be_read_still_give_a_list()
    {
        Assert.Equal(["a.cs", "b.bin"], RepositoryMap.Of(["a.cs", "b.bin"], "?", _ => null, CancellationToken.None).Ranked);
        Assert.Equal("", RepositoryMap.Of([], "x", _ => null, CancellationToken.None).Draw(100));
    }
}
