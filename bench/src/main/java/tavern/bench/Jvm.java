package tavern.bench;

import java.lang.management.ManagementFactory;
import java.util.List;

/** This process's own Java. */
public final class Jvm {
    private Jvm() {}

    /** What a Java process needs to run as this one does: memory and access, not agents or properties. */
    public static List<String> flags() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("-X") || argument.startsWith("--"))
                .filter(argument -> !argument.startsWith("-XX:StartFlightRecording"))
                .toList();
    }

    public static String executable() {
        return ProcessHandle.current().info().command().orElse("java");
    }

    public static long pid() {
        return ProcessHandle.current().pid();
    }
}
