package tavern.bench;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * The conditions under which a run was measured.
 *
 * @param loadAverage the load average of the last minute before the run
 * @param jvmFlags of this process and of the servers that it starts
 */
record Conditions(
        Instant at, int cores, String cpu, String kernel, String jdk, double loadAverage, List<String> jvmFlags) {
    static Conditions now() throws IOException {
        return new Conditions(
                Instant.now().truncatedTo(ChronoUnit.SECONDS),
                Runtime.getRuntime().availableProcessors(),
                Proc.cpuModel(),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version"),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                Jvm.flags());
    }

    JsonObject json() {
        JsonObject json = new JsonObject();
        json.addProperty("at", at.toString());
        json.addProperty("cores", cores);
        json.addProperty("cpu", cpu);
        json.addProperty("kernel", kernel);
        json.addProperty("jdk", jdk);
        json.addProperty("loadAverageBefore", loadAverage);
        json.addProperty("jvmFlags", String.join(" ", jvmFlags));
        return json;
    }

    void print(PrintWriter out) {
        out.printf("%s, %d cores (%s), %s%n", at, cores, cpu, kernel);
        out.printf("%s, %s%n", jdk, String.join(" ", jvmFlags));
        out.printf("load average before: %.2f%n", loadAverage);
    }
}
