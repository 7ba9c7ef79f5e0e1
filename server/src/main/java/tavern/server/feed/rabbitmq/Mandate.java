package tavern.server.feed.rabbitmq;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.cluster.HeldElsewhereException;
import tavern.server.cluster.Lease;
import tavern.server.cluster.Leases;
import tavern.server.store.Causes;
import tavern.server.store.LeaseKey;
import tavern.server.time.MonotonicClock;

/** The right to publish for the realm: requests the lease until it is granted. Confined to the relay's thread. */
final class Mandate {
    private static final Logger log = LoggerFactory.getLogger(Mandate.class);
    private static final long RETRY_MILLIS = 500;

    /** Bounds the wait for another holder, because it may release the lease before it expires. */
    private static final long WAIT_MILLIS_MAX = 2_000;

    private final Leases leases;
    private final Inbox inbox;
    private final MonotonicClock clock;
    private @Nullable Lease lease;
    private boolean asking;
    private volatile boolean over;
    private long askAtMillis;

    Mandate(Leases leases, Inbox inbox, MonotonicClock clock) {
        this.leases = leases;
        this.inbox = inbox;
        this.clock = clock;
    }

    /** Must be checked before each read and each batch. */
    Lease.State state() {
        return lease == null ? Lease.State.LOST : lease.state();
    }

    /** Requests the lease, if it is time to. */
    void strive() {
        if (asking || over || clock.millis() < askAtMillis) {
            return;
        }
        lease = null;
        asking = true;
        leases.acquire(LeaseKey.RELAY).whenComplete((given, failure) -> {
            if (over && given != null) {
                leases.release(given); // the relay no longer runs the tasks in its inbox
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

    /** Releases the lease for good. */
    void end() {
        over = true;
        if (lease != null) {
            leases.release(lease);
            lease = null;
        }
    }
}
