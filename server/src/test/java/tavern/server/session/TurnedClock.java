package tavern.server.session;

import java.time.Instant;
import java.time.InstantSource;

/** A clock that only the test turns. */
final class TurnedClock implements InstantSource {
    private long millis;

    TurnedClock(long millis) {
        this.millis = millis;
    }

    void turn(long byMillis) {
        millis += byMillis;
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis);
    }
}
