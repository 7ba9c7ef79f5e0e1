package tavern.server.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Reads {@code /proc} to tell whether a process still runs. The start of a process is measured in clock ticks since the
 * machine was started: a time of day would change whenever somebody sets the machine's clock.
 */
final class LinuxProcess {
    /** The start of a process if this system does not report it. */
    static final long START_UNKNOWN = -1;

    private static final int START_TICKS_AFTER_NAME = 19; // field 22, and the name is field 2: man 5 proc_pid_stat
    private static final Path PROC = Path.of("/proc");

    private LinuxProcess() {}

    static long startTicks(long pid) {
        try {
            return readStartTicks(pid);
        } catch (IOException | RuntimeException e) {
            return START_UNKNOWN;
        }
    }

    /** Whether there is certainly no process with this number and start. */
    static boolean hasEnded(long pid, long startTicks) {
        if (startTicks < 0) {
            return false;
        }
        try {
            return readStartTicks(pid) != startTicks;
        } catch (NoSuchFileException e) {
            return showsAll();
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    private static long readStartTicks(long pid) throws IOException {
        String stat = Files.readString(PROC.resolve(pid + "/stat"));
        // The name is in brackets, and may itself contain brackets and spaces.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[START_TICKS_AFTER_NAME]);
    }

    /** When mounted with {@code hidepid}, {@code /proc} does not show processes of other users. */
    private static boolean showsAll() {
        try {
            return Files.readAllLines(PROC.resolve("self/mounts")).stream()
                    .filter(mount -> mount.contains(" /proc proc "))
                    .noneMatch(mount -> mount.contains("hidepid="));
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }
}
