package tavern.sim.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.time.Clocks;

@Timeout(60)
class NodeClockTest {
    private static final String DATE = "date ";
    private static final long HOUR = Duration.ofHours(1).toMillis();

    @TempDir
    Path folder;

    /** Prints, for each byte it reads, what a server takes for the date. */
    static final class DatePrinter {
        private DatePrinter() {}

        public static void main(String[] arguments) throws IOException {
            Clocks clocks = Clocks.system();
            while (System.in.read() >= 0) {
                System.out.println(DATE + clocks.wall().millis());
            }
        }
    }

    @Test
    void aServerThatRunsAlreadyTakesTheDateFromIt() throws Exception {
        NodeClock clock = NodeClock.in(folder.resolve("clock"));
        Process server = started(clock);
        try (BufferedReader dates =
                new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(asked(server, dates)).isCloseTo(System.currentTimeMillis(), far());
            clock.setAhead(HOUR);
            assertThat(asked(server, dates)).isCloseTo(System.currentTimeMillis() + HOUR, far());
            clock.setAhead(-HOUR);
            assertThat(asked(server, dates)).isCloseTo(System.currentTimeMillis() - HOUR, far());
            clock.setAhead(0);
            assertThat(asked(server, dates)).isCloseTo(System.currentTimeMillis(), far());
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    /** Much less than the steps, and more than any machine is slow. */
    private static Offset<Long> far() {
        return within(HOUR / 2);
    }

    private static long asked(Process server, BufferedReader dates) throws IOException {
        server.getOutputStream().write('\n');
        server.getOutputStream().flush();
        String line = dates.readLine();
        while (!line.startsWith(DATE)) {
            line = dates.readLine(); // of the log, which tells that the clock was set
        }
        return Long.parseLong(line.substring(DATE.length()));
    }

    private static Process started(NodeClock clock) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(clock.javaOptions().split(" ")));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), DatePrinter.class.getName()));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
