package tavern.server.games;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import tavern.server.games.sample.PotGame;
import tavern.server.games.sample.PotModule;

/** A jar made of the tests' own classes. */
public final class TestJar {
    private static final String SERVICE = "META-INF/services/tavern.game.GameModule";

    private final Map<String, byte[]> entries = new LinkedHashMap<>();
    private final Manifest manifest = new Manifest();

    private TestJar() {
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    }

    /** With a module, and what the module needs. */
    public static TestJar of(Class<?> module, Class<?>... others) throws IOException {
        TestJar jar = new TestJar().with(module);
        for (Class<?> other : others) {
            jar.with(other);
        }
        return jar.with(SERVICE, module.getName());
    }

    /** The game {@code pot}. */
    public static TestJar pot() throws IOException {
        return of(PotModule.class, PotGame.class);
    }

    private TestJar with(Class<?> type) throws IOException {
        String name = type.getName().replace('.', '/') + ".class";
        try (InputStream in = Objects.requireNonNull(type.getClassLoader()).getResourceAsStream(name)) {
            entries.put(name, Objects.requireNonNull(in).readAllBytes());
        }
        return this;
    }

    TestJar with(String entry, String text) {
        entries.put(entry, text.getBytes(UTF_8));
        return this;
    }

    TestJar without(String entry) {
        entries.remove(entry);
        return this;
    }

    TestJar withoutServices() {
        return without(SERVICE);
    }

    public TestJar version(String version) {
        manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, version);
        return this;
    }

    /** As if built with that version of the API. */
    public TestJar apiVersion(String version) {
        manifest.getMainAttributes().putValue("Tavern-Api-Version", version);
        return this;
    }

    /** As if the sources had other words in them. @param to as long as the other */
    public TestJar saying(String from, String to) {
        entries.replaceAll(
                (name, bytes) -> new String(bytes, ISO_8859_1).replace(from, to).getBytes(ISO_8859_1));
        return this;
    }

    /** As if compiled for a Java that does not exist yet. */
    TestJar ofTheFuture() {
        entries.forEach((name, bytes) -> {
            if (name.endsWith(".class")) {
                bytes[7] = 127;
            }
        });
        return this;
    }

    public Path write(Path file) throws IOException {
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(file), manifest)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                out.putNextEntry(new JarEntry(entry.getKey()));
                out.write(entry.getValue());
                out.closeEntry();
            }
        }
        return file;
    }
}
