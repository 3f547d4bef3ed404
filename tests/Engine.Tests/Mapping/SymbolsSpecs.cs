using CodexSidecar.Engine.Mapping;

namespace CodexSidecar.Engine.Tests.Mapping;

public sealed class SymbolsSpecs
{
    public static TheoryData<string, string, string> Texts =>
        new()
        {
            {
                "Range.cs",
                "namespace A.B;\npublic sealed record Range(int From)\n{\n    // void Comment()\n    private readonly int from = 1;\n"
                    + "    public static Range? Parse(string text)\n    {\n        if (text.Length == 0)\n        {\n"
                    + "            return null;\n        }\n        Log(text);\n    }\n\n    public int Size => 1;\n}\n",
                "A Range Parse Size"
            },
            {
                "range.ts",
                "import { a } from './a';\nexport class Range {\n  constructor(private from: number) {}\n  async parse(text: string)"
                    + ": Promise<Range> {\n    for (const x of text) {\n      parse(x);\n    }\n  }\n}\n"
                    + "export const half = (n: number) => n / 2;\n"
                    + "export default function whole() {}\ninterface Shape {}\ntype Name = string;\n",
                "Range parse half whole Shape Name"
            },
            { "range.js", "'use strict';\nfunction* each() {}\nmodule.exports.size = 3;\nlet count = 0;\n", "each size count" },
            {
                "range.py",
                "import os\n# def no()\nclass Range:\n    def parse(self, text):\n        return None\n\nasync def main():\n    pass\n",
                "Range parse main"
            },
            {
                "range.go",
                "package main\n\ntype Range struct {\n}\n\nfunc (r *Range) Parse(text string) error {\n}\n\nfunc main() {\n}\n",
                "Range Parse main"
            },
            {
                "range.rs",
                "pub(crate) struct Range;\nimpl Range {\n    pub fn parse(text: &str) -> Self {}\n}\nmacro_rules! say { }\n",
                "Range parse say"
            },
            {
                "Range.java",
                "public class Range {\n    private int from;\n    public static Range parse(String text) {\n        return new "
                    + "Range();\n    }\n}\n",
                "Range parse"
            },
            { "range.c", "#include <stdio.h>\nstatic int parse(const char *text)\n{\n    return 0;\n}\nint other(int a);\n", "parse" },
            { "range.rb", "module Ranges\n  class Range\n    def self.parse(text)\n    end\n  end\nend\n", "Ranges Range parse" },
            { "range.sh", "#!/bin/sh\nparse() {\n  echo no\n}\n", "parse" },
            { "range.sql", "CREATE TABLE IF NOT EXISTS ranges (id int);\ncreate or replace view sizes as select 1;\n", "ranges sizes" },
            { "broken.cs", "public class Half {\n    public void Open(\n\0\uFFFD {{{{", "Half Open" },
            { "page.css", "a { color: red }", "" },
            { "notes.md", "class Nothing", "" },
        };

    [Theory]
    [MemberData(nameof(Texts))]
    public void Names_that_a_file_defines_are_found_line_by_line(string path, string text, string names) =>
        Assert.Equal(names, string.Join(' ', Symbols.DefinedIn(path, text)));

    [Fact]
    public void A_line_of_any_length_is_looked_at_in_bounded_time()
    {
        var text = $"class First\n{new string('(', 200_000)}\n{string.Concat(Enumerable.Repeat("public ", 50_000))}\nclass Last\n";

        Assert.Equal("First Last", string.Join(' ', Symbols.DefinedIn("a.cs", text)));
    }
}
