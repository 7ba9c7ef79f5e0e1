package tavern.server.it;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Collects what is logged while it is open: errors that no test expects, and warnings of Netty's, are failures. */
final class Logs extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
    private final List<String> expected = new CopyOnWriteArrayList<>();

    Logs() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        setContext(context);
        start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(this);
    }

    @Override
    protected void append(ILoggingEvent event) {
        events.add(event);
    }

    /** Errors whose text contains this are expected. */
    void expect(String text) {
        expected.add(text);
    }

    boolean contain(String text) {
        return events.stream().anyMatch(event -> event.getFormattedMessage().contains(text));
    }

    /** Whether there is a text of which a part fits. */
    boolean contain(Pattern part) {
        return events.stream()
                .anyMatch(event -> part.matcher(event.getFormattedMessage()).find());
    }

    List<String> unexpected() {
        return events.stream()
                .filter(Logs::isTrouble)
                .map(ILoggingEvent::toString)
                .filter(text -> expected.stream().noneMatch(text::contains))
                .toList();
    }

    private static boolean isTrouble(ILoggingEvent event) {
        Level trouble = event.getLoggerName().startsWith("io.netty") ? Level.WARN : Level.ERROR;
        return event.getLevel().isGreaterOrEqual(trouble);
    }

    @Override
    public void close() {
        ((LoggerContext) getContext()).getLogger(Logger.ROOT_LOGGER_NAME).detachAppender(this);
        stop();
    }
}
