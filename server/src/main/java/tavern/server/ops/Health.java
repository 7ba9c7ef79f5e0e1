package tavern.server.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tavern.server.cluster.Lease;
import tavern.server.feed.FeedStatus;
import tavern.server.ops.books.Books;
import tavern.server.ops.books.EconomyReport;
import tavern.server.session.Freeze;
import tavern.server.store.StoreStats;

/** Whether all is well, and if not, what is the matter and what can be done. Any thread. */
final class Health {
    private static final double OUTBOX_FULL = 0.8;
    private static final long FREEZES_BEHIND_MILLIS_MAX = 10_000;

    private final OpsServices services;
    private final Books books;

    Health(OpsServices services, Books books) {
        this.services = services;
        this.books = books;
    }

    /** Whether players should be sent here. */
    boolean isReady() {
        return services.store().stats().available() && !services.host().isDraining();
    }

    /** What keeps players from being served as they should be. */
    List<Degraded> degraded() {
        List<Degraded> found = new ArrayList<>();
        StoreStats store = services.store().stats();
        if (services.host().isDraining()) {
            found.add(new Degraded("the server drains: no more players are taken", "stop it when sessions are 0"));
        }
        if (!store.available()) {
            found.add(new Degraded(
                    "the store does not answer: trades and logins are refused",
                    "look at the store (the disk of store.path, or Redis); it is asked again all the time"));
        }
        if (store.outboxRows() > OUTBOX_FULL * services.outboxRowsMax()) {
            found.add(new Degraded(
                    String.format(
                            Locale.ROOT,
                            "%,d of at most %,d trades wait to be published; at that trades are refused",
                            store.outboxRows(),
                            services.outboxRowsMax()),
                    "look at RabbitMQ: is it there, and not blocked by memory or disk"));
        }
        if (store.available() && services.sessions().freezes().behindMillis() > FREEZES_BEHIND_MILLIS_MAX) {
            found.add(new Degraded(
                    "freezes cannot be read: this server does not hear of new ones, nor of lifted ones",
                    "look at this server's log, and at the store"));
        }
        addFeed(found);
        long suspended = services.rooms().all().stream()
                .filter(room -> room.lease().state() != Lease.State.HELD)
                .count();
        if (suspended > 0) {
            found.add(new Degraded(
                    suspended + " rooms are suspended: their leases could not be renewed",
                    "look at Redis, and at pauses of this process"));
        }
        return found;
    }

    /** Trades go on whatever the broker does, so this comes after what players notice. */
    private void addFeed(List<Degraded> found) {
        FeedStatus feed = services.feed().status();
        if (feed.relaying() && !feed.lastProblem().isEmpty()) {
            found.add(new Degraded(
                    "trades are not published: " + feed.lastProblem(),
                    "look at RabbitMQ: is it there, and not blocked by memory or disk; the outbox keeps the trades"));
        }
        if (services.feed().deadLetters().isSuspected()) {
            found.add(new Degraded(
                    "trades could not be published, and became dead letters",
                    "mend the bindings of tavern.trades, then republish them (bin/server dead-letters, republish)"));
        }
    }

    private void addBooks(List<Degraded> found) {
        EconomyReport economy = books.economy();
        if (!economy.holds()) {
            found.add(
                    0,
                    new Degraded(
                            "goods do not add up: " + economy.problems().get(0),
                            "freeze trades, and find out who wrote to the store beside the server; /api/v1/economy has"
                                    + " all differences, and bin/server check compares everything"));
        }
        String trouble = books.trouble();
        if (trouble != null) {
            found.add(new Degraded(
                    "trades and timelines are out of date: " + trouble,
                    "look at the disk of store.path; books.db in it may be removed, and is worked out again"));
        }
    }

    /** @param tickLateMillis p99 of the last seconds */
    List<Degraded> degraded(double tickLateMillis) {
        List<Degraded> found = degraded();
        addBooks(found);
        double intervalMillis = 1_000.0 / services.tickHz();
        if (tickLateMillis > intervalMillis) {
            found.add(new Degraded(
                    String.format(
                            Locale.ROOT,
                            "ticks begin up to %.0f ms late, more than their interval of %.0f ms",
                            tickLateMillis,
                            intervalMillis),
                    "give the server more cores, or spread players over more rooms"));
        }
        for (Freeze freeze : services.sessions().freezes().all()) {
            if (freeze.scope() == Freeze.Scope.EVERYWHERE) {
                found.add(new Degraded(
                        freeze.what().name().toLowerCase(Locale.ROOT) + " are stopped everywhere: " + freeze.reason(),
                        "lift the freeze when its reason is gone"));
            }
        }
        return found;
    }
}
