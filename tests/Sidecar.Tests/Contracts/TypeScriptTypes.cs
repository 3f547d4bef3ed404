using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace CodexSidecar.Sidecar.Tests.Contracts;

/// <summary>
/// Writes TypeScript types for what the serializer really does: it walks the JsonTypeInfo of a context. A member that may be null is
/// optional (nulls are
/// left out on the wire), an enum is the union of its wire names, a polymorphic base is the union of its cases. Comments come from the C#
/// sources.
/// </summary>
internal sealed class TypeScriptTypes(SourceComments comments)
{
    private readonly List<string> written = [];
    private readonly HashSet<Type> seen = [];

    public void Add(JsonSerializerContext context, Type type)
    {
        if (!seen.Add(type))
        {
            return;
        }
        if (type.IsEnum)
        {
            var values = Enum.GetValues(type).Cast<object>().Select(value => JsonSerializer.Serialize(value, type, context));
            Write(type, $"export type {type.Name} = {string.Join(" | ", values)};");
        }
        else if (Info(context, type) is { Kind: JsonTypeInfoKind.Object } info)
        {
            AddObject(context, type, info);
        }
    }

    public string Text(string head, string tail) => $"{head}\n{string.Join('\n', written)}{tail}";

    /// <summary>The wire names of the cases of a union, in the order they are declared.</summary>
    public static IEnumerable<string> Cases(JsonSerializerContext context, Type type) =>
        Info(context, type).PolymorphismOptions!.DerivedTypes.Select(derived => (string)derived.TypeDiscriminator!);

    private void AddObject(JsonSerializerContext context, Type type, JsonTypeInfo info)
    {
        if (info.PolymorphismOptions is not { DerivedTypes.Count: > 0 } union)
        {
            AddRecord(context, type, info, null);
            return;
        }
        Write(
            type,
            $"export type {type.Name} =\n  | {string.Join("\n  | ", union.DerivedTypes.Select(derived => derived.DerivedType.Name))};"
        );
        foreach (var derived in union.DerivedTypes.Where(derived => seen.Add(derived.DerivedType)))
        {
            AddRecord(
                context,
                derived.DerivedType,
                Info(context, derived.DerivedType),
                $"  {union.TypeDiscriminatorPropertyName}: {JsonSerializer.Serialize((string)derived.TypeDiscriminator!)};\n"
            );
        }
    }

    private void AddRecord(JsonSerializerContext context, Type type, JsonTypeInfo info, string? discriminator)
    {
        var body = new StringBuilder(discriminator);
        var properties = info.Properties.Where(property => property.Get is not null).ToList();
        foreach (var property in properties)
        {
            var optional = property.IsGetNullable || Nullable.GetUnderlyingType(property.PropertyType) is not null;
            body.Append(Doc(comments.Of(type, property.Name), "  "))
                .Append($"  {property.Name}{(optional ? "?" : "")}: {Name(property.PropertyType, context)};\n");
        }
        Write(type, body.Length == 0 ? $"export type {type.Name} = Record<string, never>;" : $"export interface {type.Name} {{\n{body}}}");
        foreach (var property in properties)
        {
            Reach(context, property.PropertyType);
        }
    }

    private void Reach(JsonSerializerContext context, Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(JsonElement) || type == typeof(JsonNode))
        {
            return;
        }
        var info = Info(context, type);
        if (info.Kind is JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary)
        {
            Reach(context, info.ElementType!);
        }
        else if (type.IsEnum || info.Kind == JsonTypeInfoKind.Object)
        {
            Add(context, type);
        }
    }

    private static string Name(Type type, JsonSerializerContext context)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(JsonElement) || type == typeof(JsonNode))
        {
            return "unknown";
        }
        if (type == typeof(string) || type == typeof(DateTimeOffset))
        {
            return "string";
        }
        if (type == typeof(bool))
        {
            return "boolean";
        }
        if (type == typeof(int) || type == typeof(long) || type == typeof(double))
        {
            return "number";
        }
        var info = Info(context, type);
        return info.Kind switch
        {
            JsonTypeInfoKind.Enumerable => $"{Name(info.ElementType!, context)}[]",
            JsonTypeInfoKind.Dictionary => $"Record<string, {Name(info.ElementType!, context)}>",
            JsonTypeInfoKind.Object => type.Name,
            _ when type.IsEnum => type.Name,
            _ => throw new NotSupportedException($"{type} has no TypeScript counterpart"),
        };
    }

    private void Write(Type type, string text) => written.Add($"{Doc(comments.Of(type), "")}{text}\n");

    private static string Doc(string? comment, string indent) => comment is null ? "" : $"{indent}/** {comment.Replace("*/", "* /")} */\n";

    private static JsonTypeInfo Info(JsonSerializerContext context, Type type) =>
        context.GetTypeInfo(type) ?? throw new NotSupportedException($"{type} is not in {context.GetType().Name}");
}
