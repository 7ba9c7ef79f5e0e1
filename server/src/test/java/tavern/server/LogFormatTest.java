package tavern.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The two forms that a line of the log may have. */
final class LogFormatTest {
    private final LoggerContext context = new LoggerContext();

    @AfterEach
    void stop() {
        context.stop();
    }

    @Test
    void textIsTheDefault() throws Exception {
        assertThat(line("lobby opened", null))
                .contains(" WARN ", "Rooms: lobby opened")
                .endsWith("\n");
    }

    @Test
    void asJsonEachEventIsOneObjectOnOneLine() throws Exception {
        context.putProperty("TAVERN_LOG_FORMAT", "json");

        String line = line("said \"a\nb\u001b[31m\"", new IllegalStateException("x\ny"));

        assertThat(line).endsWith("\n").doesNotContain("\u001b");
        assertThat(line.strip()).doesNotContain("\n");
        JsonObject event = JsonParser.parseString(line).getAsJsonObject();
        assertThat(event.get("timestamp").getAsLong()).isPositive();
        assertThat(event.get("level").getAsString()).isEqualTo("WARN");
        assertThat(event.get("loggerName").getAsString()).isEqualTo("tavern.Rooms");
        assertThat(event.get("formattedMessage").getAsString()).isEqualTo("said \"a\nb\u001b[31m\"");
        assertThat(event.getAsJsonObject("throwable").get("message").getAsString())
                .isEqualTo("x\ny");
    }

    /** What the server's configuration of the log makes of an event. */
    private String line(String message, @Nullable Throwable thrown) throws Exception {
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(Objects.requireNonNull(Main.class.getResource("/logback.xml")));
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        var appender =
                (ConsoleAppender<ILoggingEvent>) root.iteratorForAppenders().next();
        Logger logger = context.getLogger("tavern.Rooms");
        return new String(
                appender.getEncoder().encode(new LoggingEvent("", logger, Level.WARN, message, thrown, null)), UTF_8);
    }
}
