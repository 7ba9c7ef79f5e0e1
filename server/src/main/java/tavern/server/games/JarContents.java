package tavern.server.games;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.ZipFile;

/**
 * What is in a jar, read once.
 *
 * @param version from the manifest; empty if that has none
 * @param apiVersion of the API that it was built with, from the manifest; empty if that has none
 */
record JarContents(String version, String apiVersion, SortedMap<String, byte[]> entries) {
    private static final Attributes.Name API_VERSION = new Attributes.Name("Tavern-Api-Version");

    /** What the contents of one jar may take of the heap. */
    static final long BYTES_MAX = 64L << 20;

    /** @throws IOException when it cannot be read, is not a jar, or is too large; the message is for people */
    static JarContents read(Path file) throws IOException {
        // With the classes that the jar has for this version of Java, if it has several.
        try (JarFile jar = new JarFile(file.toFile(), false, ZipFile.OPEN_READ, Runtime.version())) {
            SortedMap<String, byte[]> entries = new TreeMap<>();
            long room = BYTES_MAX;
            for (JarEntry entry : jar.versionedStream().toList()) {
                if (!entry.isDirectory()) {
                    byte[] bytes = read(jar, entry, room);
                    room -= bytes.length;
                    entries.put(entry.getName(), bytes);
                }
            }
            return new JarContents(
                    attribute(jar, Attributes.Name.IMPLEMENTATION_VERSION), attribute(jar, API_VERSION), entries);
        }
    }

    private static byte[] read(JarFile jar, JarEntry entry, long room) throws IOException {
        try (InputStream in = jar.getInputStream(entry)) {
            byte[] bytes = in.readNBytes((int) room + 1);
            if (bytes.length > room) {
                throw new IOException("has more than " + (BYTES_MAX >> 20) + " MB of classes and resources");
            }
            return bytes;
        }
    }

    private static String attribute(JarFile jar, Attributes.Name name) throws IOException {
        if (jar.getManifest() == null) {
            return "";
        }
        String value = jar.getManifest().getMainAttributes().getValue(name);
        return value == null ? "" : value;
    }

    /** Equal only for jars with equal contents, whenever they were packed. */
    String fingerprint() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                byte[] bytes = entry.getValue();
                digest.update((entry.getKey() + '\0' + bytes.length + '\0').getBytes(UTF_8));
                digest.update(bytes);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
