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
 * What a Java process holds.
 *
 * @param heapBytes of all objects that live, after a full collection
 * @param directBytes outside of the heap, taken for buffers: whole chunks of the pool, used or not
 */
record Memory(long heapBytes, long directBytes) {
    /** What the process must be started with for this. */
    static final List<String> OPTIONS = List.of("-XX:NativeMemoryTracking=summary");

    private static final Pattern HEAP = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");

    /** What Java itself takes by {@code malloc} for whoever asks. */
    private static final Pattern DIRECT = Pattern.compile("(?m)^-\\s+Other \\(reserved=\\d+KB, committed=(\\d+)KB\\)");

    private static final int PATIENCE_SECONDS = 60;

    /** @throws IOException when this Java has no {@code jcmd} */
    static Memory of(long pid, Path folder) throws IOException, InterruptedException {
        // The histogram counts what lives: it collects everything first.
        String said = jcmd(pid, folder, List.of("GC.class_histogram", "VM.native_memory summary"));
        return new Memory(heapBytes(said), directBytes(said));
    }

    static long heapBytes(String histogram) throws IOException {
        return number(HEAP, histogram);
    }

    /** 0 when nothing was ever taken. */
    static long directBytes(String tracked) throws IOException {
        return tracked.contains("Other (") ? number(DIRECT, tracked) * 1024 : 0;
    }

    private static long number(Pattern pattern, String text) throws IOException {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IOException("jcmd says something else than expected: "
                    + text.lines().limit(3).toList());
        }
        return Long.parseLong(matcher.group(1));
    }

    long bytes() {
        return heapBytes + directBytes;
    }

    /** All of them by one process: to start it takes longer than what it does. */
    private static String jcmd(long pid, Path folder, List<String> commands) throws IOException, InterruptedException {
        Path jcmd = Path.of(Jvm.executable()).resolveSibling("jcmd");
        if (!Files.isExecutable(jcmd)) {
            throw new IOException("needs jcmd, which a JDK has: there is no " + jcmd);
        }
        Path asked = Files.write(Files.createTempFile(folder, "jcmd", ".in"), commands);
        Path said = Files.createTempFile(folder, "jcmd", ".txt");
        Process process = new ProcessBuilder(jcmd.toString(), Long.toString(pid), "-f", asked.toString())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("jcmd takes longer than " + PATIENCE_SECONDS + " s");
        }
        String text = Files.readString(said, StandardCharsets.UTF_8);
        Files.delete(said);
        Files.delete(asked);
        return text;
    }
}
