package tavern.bench;

import java.lang.management.ManagementFactory;
import java.util.List;

/** The Java that runs this process. */
public final class Jvm {
    private Jvm() {}

    /**
     * The options that make another Java process run like this one: memory and module access, no agents or properties.
     */
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
