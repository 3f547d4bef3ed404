namespace CodexSidecar.Engine.Patching;

/// <summary>Which form of change is asked for, and how it is asked for.</summary>
internal static class EditFormat
{
    private const string ExampleName = "example_of_the_form";

    /// <summary>A path of our own example, repeated.</summary>
    public static bool IsExample(string path) => Path.GetFileNameWithoutExtension(path) == ExampleName;
}
