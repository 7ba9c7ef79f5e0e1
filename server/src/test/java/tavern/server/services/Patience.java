package tavern.server.services;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * How long a test waits for what comes sooner or later, unless it says otherwise: as long as a busy machine may take. What
 * must come within a time says so itself. Of all tests, by the list of extensions among the resources.
 */
public final class Patience implements BeforeAllCallback {
    private static final Duration SOONER_OR_LATER = Duration.ofSeconds(60);

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultTimeout(SOONER_OR_LATER);
    }
}
