package tavern.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Process figures from Linux's {@code /proc}; on other systems CPU time is not known. */
public final class Proc {
    /** The unit in which Linux reports CPU time, whatever the kernel's own clock. */
    private static final long TICK_MICROS = 10_000;

    /** Field of /proc/PID/stat, counted from after the command's name, which may contain blanks. */
    private static final int USER_TIME = 11;

    private static final int SYSTEM_TIME = 12;

    private Proc() {}

    /** User and system time that a process has used so far, in microseconds; 0 if it is gone. */
    public static long cpuMicros(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME])) * TICK_MICROS;
        } catch (IOException e) {
            return 0;
        }
    }

    /** The resident memory of a process; 0 if it is gone. */
    public static long residentBytes(long pid) {
        try (Stream<String> status = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
            return status.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException | UncheckedIOException e) {
            return 0;
        }
    }

    static String cpuModel() throws IOException {
        Path info = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(info)) {
            return System.getProperty("os.arch");
        }
        return Files.readAllLines(info).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(System.getProperty("os.arch"));
    }
}
