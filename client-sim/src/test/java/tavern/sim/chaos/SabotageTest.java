package tavern.sim.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class SabotageTest {
    private static final String STORE = "tavern.server.store.redis.RedisStore";
    private static final String SCRIPT = "transact.lua";

    @TempDir
    Path folder;

    /** Prints the script as the server finds it. */
    static final class ScriptPrinter {
        private ScriptPrinter() {}

        public static void main(String[] arguments) throws IOException, ClassNotFoundException {
            System.out.write(script().getBytes(StandardCharsets.US_ASCII));
            System.out.flush();
        }
    }

    private static String script() throws IOException, ClassNotFoundException {
        // Not initialised: that would log.
        Class<?> store = Class.forName(STORE, false, SabotageTest.class.getClassLoader());
        try (InputStream in = store.getResourceAsStream(SCRIPT)) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aServerThatIsStartedSoRunsTheSpoiltScript(Sabotage sabotage) throws Exception {
        String good = script();
        String option = sabotage.prepare(good, folder);
        assertThat(printed(List.of())).isEqualTo(good);
        assertThat(printed(List.of(option))).isEqualTo(sabotage.spoil(good)).isNotEqualTo(good);
    }

    private static String printed(List<String> options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ScriptPrinter.class.getName()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(process.waitFor()).isZero();
        return text;
    }

    @Test
    void aScriptThatHasChangedIsNotTakenForASpoiltOne() {
        for (Sabotage sabotage : Sabotage.values()) {
            assertThatThrownBy(() -> sabotage.spoil("return 1"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(SCRIPT);
        }
    }
}
