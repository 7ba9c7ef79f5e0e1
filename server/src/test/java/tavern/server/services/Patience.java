package tavern.server.services;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Sets how long every test waits by default for what must happen: as long as a busy machine may take. A test of a time
 * limit sets its own. A list of extensions among the resources applies this to all tests.
 */
public final class Patience implements BeforeAllCallback {
    private static final Duration SOONER_OR_LATER = Duration.ofSeconds(60);

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultTimeout(SOONER_OR_LATER);
    }
}
