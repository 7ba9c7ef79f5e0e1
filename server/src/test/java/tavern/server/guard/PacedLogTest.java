package tavern.server.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What clients bring about must not fill the log, and what is logged must not stop whoever logs it. */
final class PacedLogTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger("paced");
    private final ListAppender<ILoggingEvent> written = new ListAppender<>();
    private final MockTicker ticker = Ticker.newMockTicker();
    private final PacedLog log = new PacedLog(logger, 3, TimeUnit.SECONDS.toNanos(1), ticker);

    @BeforeEach
    void listen() {
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        written.start();
        logger.addAppender(written);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(written);
    }

    @Test
    void aBurstIsAFewLinesAndThenANumber() {
        for (int i = 0; i < 1_000; i++) {
            log.warn("line {}", i);
        }
        assertThat(written.list).hasSize(3);

        ticker.advance(1, TimeUnit.SECONDS);
        log.warn("line {}", 1_000);
        assertThat(written.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "line 0", "line 1", "line 2", "997 lines like the next one were left out", "line 1000");
    }

    @Test
    void anExceptionThatCannotSpeakDoesNotStopWhoeverLogsIt() {
        assertThatCode(() -> log.error("a rule failed", new MuteError())).doesNotThrowAnyException();
        assertThat(written.list)
                .singleElement()
                .extracting(ILoggingEvent::getFormattedMessage)
                .asString()
                .contains("a rule failed", MuteError.class.getName());
        assertThat(PacedLog.describe(new MuteError())).isEqualTo(MuteError.class.getName());
    }
}
