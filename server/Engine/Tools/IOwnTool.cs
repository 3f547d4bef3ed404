namespace CodexSidecar.Engine.Tools;

/// <summary>One of the agent's own tools.</summary>
internal interface IOwnTool : ITool
{
    ToolDescriptor Descriptor { get; }

    string ITool.Name => Descriptor.Name;

    string? ITool.Usage(bool readOnly) => readOnly ? Descriptor.ReadOnlyUsage : Descriptor.Usage;
}
