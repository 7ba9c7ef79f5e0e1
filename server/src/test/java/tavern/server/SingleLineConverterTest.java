package tavern.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SingleLineConverterTest {
    @Test
    void nobodyCanForgeALineOrSteerATerminal() {
        assertThat(line("bad name a\r\nERROR forged\u001b[2J\u202E\u2028", null))
                .isEqualTo("bad name a\\u000d\\nERROR forged\\u001b[2J\\u202e\\u2028");
    }

    @Test
    void anExceptionIsInTheSameLine() {
        assertThat(line("failed", new IllegalStateException("why\nnot")))
                .startsWith("failed | java.lang.IllegalStateException: why\\nnot")
                .contains("SingleLineConverterTest")
                .doesNotContain("\n");
    }

    private static String line(String message, @Nullable Throwable thrown) {
        LoggingEvent event =
                new LoggingEvent("", new LoggerContext().getLogger("test"), Level.INFO, message, thrown, null);
        return new SingleLineConverter().convert(event);
    }
}
