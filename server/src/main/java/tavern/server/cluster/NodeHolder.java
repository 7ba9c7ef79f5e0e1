package tavern.server.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * One run of a server, as described to other servers with the same id.
 *
 * @param nonce different for each start
 * @param address where players reach it, as far as is known before it listens
 * @param sinceMillis when it was started
 * @param machine the scope in which its process number is valid: the machine's boot and process namespace, or "-" if
 *     not known
 * @param startTicks when its process began, in ticks of that machine, or {@link LinuxProcess#START_UNKNOWN} if not
 *     known
 */
record NodeHolder(String nonce, String address, long sinceMillis, String machine, long pid, long startTicks) {
    private static final int PARTS = 6;
    private static final String UNKNOWN = "-";

    /** Describes this process, started now. */
    static NodeHolder self(String address, long nowMillis) {
        long pid = ProcessHandle.current().pid();
        return new NodeHolder(
                UUID.randomUUID().toString(), address, nowMillis, thisMachine(), pid, LinuxProcess.startTicks(pid));
    }

    private static String thisMachine() {
        try {
            String boot =
                    Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
            String namespace =
                    Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
            return boot + "/" + namespace;
        } catch (IOException | UnsupportedOperationException | SecurityException e) {
            return UNKNOWN;
        }
    }

    /** Whether its process is known to have ended: on the same machine, none has its number and start. */
    boolean hasEnded() {
        return !machine.equals(UNKNOWN) && machine.equals(thisMachine()) && LinuxProcess.hasEnded(pid, startTicks);
    }

    /** Describes the holder in messages to operators. */
    String inWords() {
        return "the server at " + address + ", started " + Instant.ofEpochMilli(sinceMillis);
    }

    @Override
    public String toString() {
        return String.join(
                " ",
                nonce,
                address,
                Long.toString(sinceMillis),
                machine,
                Long.toString(pid),
                Long.toString(startTicks));
    }

    /** Reads the format of {@link #toString}; empty for any other text. */
    static Optional<NodeHolder> parse(String text) {
        String[] parts = text.split(" ");
        if (parts.length != PARTS) {
            return Optional.empty();
        }
        try {
            return Optional.of(new NodeHolder(
                    parts[0],
                    parts[1],
                    Long.parseLong(parts[2]),
                    parts[3],
                    Long.parseLong(parts[4]),
                    Long.parseLong(parts[5])));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
