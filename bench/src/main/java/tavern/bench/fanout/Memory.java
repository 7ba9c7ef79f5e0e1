package tavern.bench.fanout;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tavern.bench.Jvm;

/**
 * The memory that a Java process holds.
 *
 * @param heapBytes size of all live objects, after a full collection
 * @param directBytes memory outside the heap for buffers: whole chunks of the pool, used or not
 */
record Memory(long heapBytes, long directBytes) {
    /** JVM options that the measured process must be started with. */
    static final List<String> OPTIONS = List.of("-XX:NativeMemoryTracking=summary");

    private static final Pattern HEAP = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");

    /** Memory that the JVM allocates by {@code malloc} on behalf of Java code, such as direct buffers. */
    private static final Pattern DIRECT = Pattern.compile("(?m)^-\\s+Other \\(reserved=\\d+KB, committed=(\\d+)KB\\)");

    private static final int TIMEOUT_SECONDS = 60;

    /** @throws IOException if this Java has no {@code jcmd} or its output is not understood */
    static Memory of(long pid, Path folder) throws IOException, InterruptedException {
        // The histogram counts live objects and therefore runs a full collection first.
        String text = jcmd(pid, folder, List.of("GC.class_histogram", "VM.native_memory summary"));
        return new Memory(heapBytes(text), directBytes(text));
    }

    static long heapBytes(String histogram) throws IOException {
        return number(HEAP, histogram);
    }

    /** 0 if nothing was ever allocated. */
    static long directBytes(String tracked) throws IOException {
        return tracked.contains("Other (") ? number(DIRECT, tracked) * 1024 : 0;
    }

    private static long number(Pattern pattern, String text) throws IOException {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IOException(
                    "unexpected output of jcmd: " + text.lines().limit(3).toList());
        }
        return Long.parseLong(matcher.group(1));
    }

    long bytes() {
        return heapBytes + directBytes;
    }

    /** Runs all commands in one process, because starting it takes longer than running them. */
    private static String jcmd(long pid, Path folder, List<String> commands) throws IOException, InterruptedException {
        Path jcmd = Path.of(Jvm.executable()).resolveSibling("jcmd");
        if (!Files.isExecutable(jcmd)) {
            throw new IOException("jcmd of a JDK is required, but there is no " + jcmd);
        }
        Path input = Files.write(Files.createTempFile(folder, "jcmd", ".in"), commands);
        Path output = Files.createTempFile(folder, "jcmd", ".txt");
        Process process = new ProcessBuilder(jcmd.toString(), Long.toString(pid), "-f", input.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("jcmd took longer than " + TIMEOUT_SECONDS + " s");
        }
        String text = Files.readString(output, StandardCharsets.UTF_8);
        Files.delete(output);
        Files.delete(input);
        return text;
    }
}
