package tavern.server.config;

import java.util.Set;
import tavern.server.trace.TraceSettings;

/** The section {@code tracing}. */
final class TraceSection {
    private TraceSection() {}

    static TraceSettings read(SettingReader settings) {
        String key = "tracing.otlp-url";
        String url = settings.text(key).isEmpty() ? "" : ServicesSection.uri(settings, key, Set.of("http", "https"));
        return new TraceSettings(url, settings.decimal("tracing.sampled", 0, 1));
    }
}
