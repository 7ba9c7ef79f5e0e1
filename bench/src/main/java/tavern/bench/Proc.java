package tavern.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What Linux says of processes; on other systems CPU time is not known. */
public final class Proc {
    /** Linux reports CPU time in these, whatever the kernel's own clock. */
    private static final long TICK_MICROS = 10_000;

    /** Of /proc/PID/stat, counted after the command's name, which may hold blanks. */
    private static final int USER_TIME = 11;

    private static final int SYSTEM_TIME = 12;

    private Proc() {}

    /** User and system time of a process so far, in microseconds; 0 when it is gone. */
    public static long cpuMicros(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME])) * TICK_MICROS;
        } catch (IOException e) {
            return 0;
        }
    }

    /** Memory that a process has in RAM now; 0 when it is gone. */
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
