using CodexSidecar.Engine.Testing;
using Xunit;

namespace CodexSidecar.Engine.Tests.Testing;

public sealed class TestCommandFinderSpecs
{
    private const string TestProject = """<Project><PackageReference Include="Microsoft.NET.Test.Sdk" /></Project>""";

    [Fact]
    public void A_test_script_of_npm_is_run_by_npm() =>
        Finds("npm test", "package.json", ("package.json", """{"scripts":{"test":"tsc && vitest run"}}"""));

    [Fact]
    public void A_test_script_that_only_starts_node_needs_no_npm() =>
        Finds("node --test test", "package.json", ("package.json", """{"scripts":{"test":"node --test test"}}"""));

    [Fact]
    public void A_placeholder_script_does_not_count() =>
        FindsNothing(("package.json", """{"scripts":{"test":"echo \"Error: no test specified\" && exit 1"}}"""));

    [Fact]
    public void Test_files_of_node_are_run_without_a_script() =>
        Finds("node --test", "*.test.js", ("package.json", "{}"), ("src/sum.test.js", ""));

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("""{"scripts":[]}""")]
    [InlineData("""{"scripts":{"test":5}}""")]
    public void A_strange_package_json_says_nothing(string json) => FindsNothing(("package.json", json));

    [Fact]
    public void A_single_solution_with_a_test_project_is_tested_as_a_whole() =>
        Finds("dotnet test", "App.sln", ("App.sln", ""), ("App/App.csproj", "<Project/>"), ("App.Tests/App.Tests.csproj", TestProject));

    [Fact]
    public void A_test_project_in_a_folder_is_named() =>
        Finds(
            "dotnet test tests/App.Tests.csproj",
            "tests/App.Tests.csproj",
            ("src/App.csproj", "<Project/>"),
            ("tests/App.Tests.csproj", TestProject)
        );

    [Fact]
    public void The_new_runner_of_dotnet_wants_an_option() =>
        Finds(
            "dotnet test --project tests/T.csproj",
            "tests/T.csproj",
            ("global.json", """{"test":{"runner":"Microsoft.Testing.Platform"}}"""),
            ("tests/T.csproj", TestProject)
        );

    [Fact]
    public void A_single_test_project_in_the_root_needs_no_name() => Finds("dotnet test", "T.csproj", ("T.csproj", TestProject));

    [Fact]
    public void Projects_without_tests_say_nothing() => FindsNothing(("App.sln", ""), ("App.csproj", "<Project/>"));

    [Fact]
    public void Pytest_is_used_where_the_project_names_it() =>
        Finds(
            "python3 -m pytest",
            "pyproject.toml",
            ("pyproject.toml", "[tool.pytest.ini_options]"),
            ("tests/test_a.py", "def test_a(): pass")
        );

    [Fact]
    public void Tests_written_for_pytest_are_run_by_pytest() =>
        Finds("python3 -m pytest", "test_a.py", ("test_a.py", "def test_a(): assert 1"));

    [Fact]
    public void Tests_written_for_unittest_need_nothing_installed() =>
        Finds("python3 -m unittest", "test_a.py", ("test_a.py", "import unittest"));

    [Fact]
    public void Unittests_in_a_folder_that_is_no_package_are_discovered_there() =>
        Finds("python3 -m unittest discover -s tests", "tests/test_a.py", ("tests/test_a.py", "import unittest"));

    [Fact]
    public void Unittests_in_a_package_are_discovered_from_the_root() =>
        Finds("python3 -m unittest", "tests/test_a.py", ("tests/__init__.py", ""), ("tests/test_a.py", "import unittest"));

    [Fact]
    public void Rust_go_and_make_are_known()
    {
        Finds("cargo test", "Cargo.toml", ("Cargo.toml", ""));
        Finds("go test ./...", "go.mod", ("go.mod", ""));
        Finds("make test", "Makefile", ("Makefile", "all: x\n\ntest: all\n\t./run\n"));
        FindsNothing(("Makefile", "all: x\ntest := 5\n"));
    }

    [Fact]
    public void The_first_that_applies_wins_and_an_empty_folder_says_nothing()
    {
        Finds("npm test", "package.json", ("Makefile", "test:\n"), ("go.mod", ""), ("package.json", """{"scripts":{"test":"jest"}}"""));
        FindsNothing();
        FindsNothing(("README.md", "run the tests with npm test"));
    }

    private static void Finds(string command, string source, params (string Path, string Text)[] files)
    {
        var found = Find(files);
        Assert.Equal((command, source), (string.Join(' ', found!.Argv), found.Source));
    }

    private static void FindsNothing(params (string Path, string Text)[] files) => Assert.Null(Find(files));

    private static TestCommand? Find((string Path, string Text)[] files)
    {
        var texts = files.ToDictionary(file => file.Path, file => file.Text);
        return TestCommandFinder.Find([.. texts.Keys], path => texts.GetValueOrDefault(path));
    }
}
