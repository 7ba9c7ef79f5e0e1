package tavern.testkit;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.lang.reflect.Field;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tavern.game.Game;

/**
 * Reads a game's classes and finds what would make the same turns give different results: clocks, chance that is not the
 * room's, threads, I/O, and state outside the room.
 */
public final class Purity {
    private static final Set<String> CALLS = Set.of(
            "java.lang.System.currentTimeMillis",
            "java.lang.System.nanoTime",
            "java.lang.System.identityHashCode",
            "java.lang.System.getenv",
            "java.lang.System.getProperty",
            "java.lang.Math.random",
            "java.lang.StrictMath.random",
            "java.util.UUID.randomUUID",
            "java.util.random.RandomGenerator.getDefault",
            "java.util.random.RandomGenerator.of",
            "java.util.Collection.parallelStream");

    /** With these beginnings; those that are allowed all the same are below. */
    private static final List<String> TYPES = List.of(
            "java.util.Random",
            "java.util.SplittableRandom",
            "java.util.Timer",
            "java.util.Scanner",
            "java.util.concurrent.",
            "java.security.SecureRandom",
            "java.lang.Thread",
            "java.lang.Process",
            "java.lang.Runtime",
            "java.lang.ref.",
            "java.lang.reflect.",
            "java.io.",
            "java.nio.file.",
            "java.nio.channels.",
            "java.net.",
            "java.sql.",
            "javax.");

    private static final Set<String> ALLOWED_TYPES = Set.of(
            "java.lang.RuntimeException",
            "java.util.concurrent.TimeUnit",
            "java.io.Serializable",
            "java.io.IOException",
            "java.io.UncheckedIOException");

    private Purity() {}

    /**
     * Checks these classes, and all that they use of their packages and of those below. Generated protobuf messages are
     * left out.
     *
     * @throws AssertionError that names each place
     */
    public static void check(Class<?>... games) {
        Set<String> packages = new TreeSet<>();
        for (Class<?> game : games) {
            packages.add(game.getPackageName());
        }
        JavaClasses all = ArchConfiguration.withThreadLocalScope(configuration -> {
            // What is not needed here takes seconds, above all for tests that lie beside the game.
            for (String types : List.of("AccessesToTypes", "AnnotationTypes", "GenericSignatureTypes")) {
                configuration.setProperty("import.dependencyResolutionProcess.maxIterationsFor" + types, "0");
            }
            return new ClassFileImporter().importPackages(packages);
        });
        Set<String> problems = new LinkedHashSet<>();
        for (JavaClass type : reached(all, games)) {
            problems.addAll(problems(type));
        }
        if (!problems.isEmpty()) {
            throw new AssertionError(
                    "a turn that is computed again would not give the same:\n  " + String.join("\n  ", problems));
        }
    }

    private static Set<JavaClass> reached(JavaClasses all, Class<?>... games) {
        Set<JavaClass> reached = new LinkedHashSet<>();
        Deque<JavaClass> next = new ArrayDeque<>();
        for (Class<?> game : games) {
            next.add(all.get(game));
        }
        for (JavaClass type = next.poll(); type != null; type = next.poll()) {
            if (!isGenerated(type) && reached.add(type)) {
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    JavaClass target = dependency.getTargetClass().getBaseComponentType();
                    if (all.contain(target.getName())) {
                        next.add(target);
                    }
                }
            }
        }
        return reached;
    }

    private static boolean isGenerated(JavaClass type) {
        for (JavaClass one = type; one != null; one = one.getEnclosingClass().orElse(null)) {
            if (one.isAssignableTo(MessageLite.class)
                    || one.isAssignableTo(Parser.class)
                    || one.isAssignableTo("com.google.protobuf.MessageLiteOrBuilder")
                    || one.isAssignableTo("com.google.protobuf.Internal$EnumLite")
                    || one.isAssignableTo("com.google.protobuf.GeneratedFile")
                    || one.tryGetMethod("getDescriptor").isPresent()) {
                return true;
            }
        }
        return false;
    }

    private static Set<String> problems(JavaClass type) {
        Set<String> problems = new TreeSet<>();
        for (JavaCodeUnitAccess<?> call : type.getCodeUnitAccessesFromSelf()) {
            String owner = call.getTargetOwner().getName();
            if (CALLS.contains(owner + "." + call.getName()) || isClock(owner, call) || isHiddenChance(owner, call)) {
                problems.add(call.getDescription());
            }
        }
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
            String target = dependency.getTargetClass().getBaseComponentType().getName();
            if (!ALLOWED_TYPES.contains(target) && TYPES.stream().anyMatch(target::startsWith)) {
                problems.add(dependency.getDescription());
            }
        }
        for (JavaField field : type.getFields()) {
            String problem = problem(type, field);
            if (problem != null) {
                problems.add("Field <" + field.getFullName() + "> " + problem);
            }
        }
        return problems;
    }

    private static boolean isClock(String owner, JavaCodeUnitAccess<?> call) {
        return owner.startsWith("java.time.")
                && (call.getName().equals("now")
                        || call.getName().startsWith("system")
                        || call.getName().startsWith("tick"));
    }

    /** Without a generator of its own. */
    private static boolean isHiddenChance(String owner, JavaCodeUnitAccess<?> call) {
        return owner.equals("java.util.Collections")
                && call.getName().equals("shuffle")
                && call.getTarget().getRawParameterTypes().size() == 1;
    }

    private static @Nullable String problem(JavaClass type, JavaField field) {
        if (field.getModifiers().contains(JavaModifier.SYNTHETIC)) {
            return null;
        }
        boolean isStatic = field.getModifiers().contains(JavaModifier.STATIC);
        if (!isStatic && !type.isAssignableTo(Game.class)) {
            return null;
        }
        String whose = isStatic ? "is static" : "is of a game, which serves all rooms,";
        if (!field.getModifiers().contains(JavaModifier.FINAL)) {
            return whose + " and can change: what changes belongs into the room's state";
        }
        boolean canChange = isStatic ? hasMutableValue(field) : isMutable(field.getRawType());
        return canChange ? whose + " and holds what can change; List.of, Map.of and Set.of make what cannot" : null;
    }

    private static boolean isMutable(JavaClass type) {
        return type.isArray() || (isCollection(type) && !type.isInterface());
    }

    private static boolean isCollection(JavaClass type) {
        return type.isAssignableTo(Collection.class) || type.isAssignableTo(Map.class);
    }

    /** The declared type does not tell: a list may be one that cannot change. */
    private static boolean hasMutableValue(JavaField field) {
        if (field.getRawType().isArray()) {
            return true;
        }
        if (!isCollection(field.getRawType())) {
            return field.getRawType().isAssignableTo(StringBuilder.class);
        }
        try {
            Field reflected = field.reflect();
            reflected.setAccessible(true);
            Object value = reflected.get(null);
            return value != null && !isImmutable(value.getClass().getName());
        } catch (ReflectiveOperationException | RuntimeException e) {
            return true;
        }
    }

    private static boolean isImmutable(String type) {
        return type.startsWith("java.util.ImmutableCollections$")
                || type.startsWith("java.util.Collections$Unmodifiable")
                || type.startsWith("java.util.Collections$Empty")
                || type.startsWith("java.util.Collections$Singleton");
    }
}
