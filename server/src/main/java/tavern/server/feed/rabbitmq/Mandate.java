package tavern.server.feed.rabbitmq;

import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.cluster.HeldElsewhereException;
import tavern.server.cluster.Lease;
import tavern.server.cluster.Leases;
import tavern.server.store.Causes;
import tavern.server.store.LeaseKey;

/** The right to publish for the realm: asked for until it is had. Belongs to the relay's thread. */
final class Mandate {
    private static final Logger log = LoggerFactory.getLogger(Mandate.class);
    private static final long RETRY_MILLIS = 500;

    /** The holder may give it up before it runs out. */
    private static final long WAIT_MILLIS_MAX = 2_000;

    private final Leases leases;
    private final Inbox inbox;
    private final InstantSource clock;
    private @Nullable Lease lease;
    private boolean asking;
    private volatile boolean over;
    private long askAtMillis;

    Mandate(Leases leases, Inbox inbox, InstantSource clock) {
        this.leases = leases;
        this.inbox = inbox;
        this.clock = clock;
    }

    /** To be asked before each read and each batch. */
    Lease.State state() {
        return lease == null ? Lease.State.LOST : lease.state();
    }

    /** Goes for the lease, as soon as it makes sense. */
    void strive() {
        if (asking || over || clock.millis() < askAtMillis) {
            return;
        }
        lease = null;
        asking = true;
        leases.acquire(LeaseKey.RELAY).whenComplete((given, failure) -> {
            if (over && given != null) {
                leases.release(given); // nobody works the inbox any more
            } else {
                inbox.add(() -> answered(given, failure));
            }
        });
    }

    private void answered(@Nullable Lease given, @Nullable Throwable failure) {
        asking = false;
        if (given != null && over) {
            leases.release(given);
        } else if (given != null) {
            lease = given;
            log.info("this server publishes the realm's trades");
        } else {
            askAtMillis = clock.millis() + waitMillis(failure);
        }
    }

    private static long waitMillis(@Nullable Throwable failure) {
        return failure != null && Causes.of(failure) instanceof HeldElsewhereException held
                ? Math.max(1, Math.min(WAIT_MILLIS_MAX, held.remainingMillis()))
                : RETRY_MILLIS;
    }

    /** For good. */
    void end() {
        over = true;
        if (lease != null) {
            leases.release(lease);
            lease = null;
        }
    }
}
