package tavern.server.trace;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/** Logs the begin and the end of an outage of whoever receives the spans; the exporter itself would log each attempt. */
final class LoggingExporter implements SpanExporter {
    private static final org.slf4j.Logger log = LoggerFactory.getLogger(LoggingExporter.class);

    /** Kept here, because otherwise its level would be forgotten. */
    private static final Logger NOISE = Logger.getLogger("io.opentelemetry");

    private final SpanExporter exporter;
    private final AtomicBoolean failing = new AtomicBoolean();

    LoggingExporter(SpanExporter exporter) {
        this.exporter = exporter;
        NOISE.setLevel(Level.OFF);
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
        CompletableResultCode result = exporter.export(spans);
        return result.whenComplete(() -> {
            boolean failed = !result.isSuccess();
            if (failing.compareAndSet(!failed, failed)) {
                if (failed) {
                    log.warn("traces are lost: whoever should receive them does not ({})", exporter);
                } else {
                    log.info("traces are received again");
                }
            }
        });
    }

    @Override
    public CompletableResultCode flush() {
        return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return exporter.shutdown();
    }
}
