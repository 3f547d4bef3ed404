using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace CodexSidecar.Sidecar.Tests.House;

/// <summary>
/// Reads the IL of an assembly and names every reference from a room to a higher one. IL and not source, because a dependency may have no
/// name in the source at all: an inferred type, a lambda, an async body (both live in nested compiler-made types).
/// </summary>
internal sealed class FolderOrder(string prefix, IReadOnlyList<string> rooms)
{
    public IReadOnlyList<string> Violations(ModuleDefinition module) =>
        [.. module.GetAllTypes().SelectMany(Violations).Distinct().Order(StringComparer.Ordinal)];

    private IEnumerable<string> Violations(TypeDefinition type)
    {
        if (RoomOf(type) is not { } room)
        {
            yield break;
        }
        if (Rank(room) < 0)
        {
            yield return $"{type.FullName}: the room {room} is not in the list of rooms";
        }
        foreach (var used in UsedBy(type))
        {
            if (RoomOf(used) is { } other && Rank(other) > Rank(room))
            {
                yield return $"{Outermost(type).FullName} ({room}) uses {Outermost(used).FullName} ({other})";
            }
        }
    }

    private int Rank(string room) => rooms.ToList().IndexOf(room);

    /// <summary>Null: not below the prefix, so none of our business (the compiler's and the generators' own types).</summary>
    private string? RoomOf(TypeReference type)
    {
        var name = Outermost(type).Namespace;
        return name.StartsWith(prefix + ".", StringComparison.Ordinal) ? name[(prefix.Length + 1)..].Split('.')[0]
            : name == prefix ? ""
            : null;
    }

    private static TypeReference Outermost(TypeReference type)
    {
        while (type.DeclaringType is { } outer)
        {
            type = outer;
        }
        return type;
    }

    private static IEnumerable<TypeReference> UsedBy(TypeDefinition type) =>
        new[] { type.BaseType }
            .Concat(type.Interfaces.Select(one => one.InterfaceType))
            .Concat(type.GenericParameters.SelectMany(one => one.Constraints).Select(one => one.ConstraintType))
            .Concat(type.Fields.Select(one => one.FieldType))
            .Concat(type.Methods.SelectMany(UsedBy))
            .Concat(
                new ICustomAttributeProvider[] { type }
                    .Concat(type.Fields)
                    .Concat(type.Properties)
                    .Concat(type.Events)
                    .SelectMany(UsedByAttributes)
            )
            .SelectMany(Parts);

    private static IEnumerable<TypeReference?> UsedBy(MethodDefinition method)
    {
        var signature = UsedBy((MethodReference)method)
            .Concat(method.GenericParameters.SelectMany(one => one.Constraints).Select(one => one.ConstraintType))
            .Concat(
                new ICustomAttributeProvider[] { method, method.MethodReturnType }
                    .Concat(method.Parameters)
                    .SelectMany(UsedByAttributes)
            );
        return method.HasBody
            ? signature
                .Concat(method.Body.Variables.Select(one => one.VariableType))
                .Concat(method.Body.ExceptionHandlers.Select(one => one.CatchType))
                .Concat(method.Body.Instructions.SelectMany(UsedBy))
            : signature;
    }

    private static IEnumerable<TypeReference?> UsedBy(Instruction instruction) =>
        instruction.Operand switch
        {
            TypeReference type => [type],
            FieldReference field => [field.DeclaringType, field.FieldType],
            GenericInstanceMethod method => method.GenericArguments.Concat(UsedBy(method.ElementMethod)),
            MethodReference method => UsedBy(method),
            _ => [],
        };

    private static IEnumerable<TypeReference?> UsedBy(MethodReference method) =>
        method.Parameters.Select(one => one.ParameterType).Append(method.ReturnType).Append(method.DeclaringType);

    private static IEnumerable<TypeReference?> UsedByAttributes(ICustomAttributeProvider provider) =>
        provider.CustomAttributes.SelectMany(one =>
            one.ConstructorArguments.Concat(one.Properties.Select(property => property.Argument))
                .SelectMany(argument => new[] { argument.Type, argument.Value as TypeReference })
                .Append(one.AttributeType)
        );

    /// <summary>The type and what it is made of: element types and generic arguments.</summary>
    private static IEnumerable<TypeReference> Parts(TypeReference? type) =>
        type switch
        {
            null => [],
            GenericInstanceType generic => generic.GenericArguments.SelectMany(Parts).Append(generic.ElementType),
            TypeSpecification wrapped => Parts(wrapped.ElementType),
            _ => [type],
        };
}
