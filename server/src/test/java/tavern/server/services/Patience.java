package tavern.server.services;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Sets how long every test waits by default for what must happen, which is as long as a busy machine may take, and how
 * often it looks. A test of a time limit, or of a rate, sets its own. A list of extensions among the resources applies this to all tests.
 */
public final class Patience implements BeforeAllCallback {
    private static final Duration SOONER_OR_LATER = Duration.ofSeconds(60);

    /** Tests wait some thousand times: each looks soon again, and yet leaves the machine to what it waits for. */
    private static final Duration NEXT_LOOK = Duration.ofMillis(20);

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultTimeout(SOONER_OR_LATER);
        Awaitility.setDefaultPollInterval(NEXT_LOOK);
    }
}
