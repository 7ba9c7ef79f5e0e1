package tavern.server.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import tavern.server.books.Books;
import tavern.server.books.EconomyReport;
import tavern.server.cluster.Lease;
import tavern.server.feed.FeedStatus;
import tavern.server.guard.Vitals;
import tavern.server.session.Freeze;
import tavern.server.store.StoreStats;

/** The health of the server: problems and what can be done about them. Safe on any thread. */
final class Health {
    private static final double OUTBOX_FULL = 0.8;
    private static final long LEDGER_MESSAGES_MANY = 1_000_000;
    private static final double NEARLY_USED_UP = 0.95;
    private static final long SILENT_MILLIS_MAX = 2_000;
    private static final long FREEZES_BEHIND_MILLIS_MAX = 10_000;

    private final OpsServices services;
    private final Books books;
    private final AuditedCommands orders;
    private final OperatorTokens tokens;
    private final AuditWatch auditWatch;
    private final long silentMillisMax;

    /** @param silentSecondsMax time after which a thread that serves players counts as stuck */
    Health(
            OpsServices services,
            Books books,
            AuditedCommands orders,
            OperatorTokens tokens,
            AuditWatch auditWatch,
            int silentSecondsMax) {
        this.services = services;
        this.books = books;
        this.orders = orders;
        this.tokens = tokens;
        this.auditWatch = auditWatch;
        this.silentMillisMax = TimeUnit.SECONDS.toMillis(silentSecondsMax);
    }

    /** Whether new players should be sent to this server. */
    boolean isReady() {
        Vitals vitals = services.host().vitals();
        return services.store().stats().get().available()
                && !services.host().isDraining()
                && vitals.closedBecause() == null
                && vitals.silence().millis() <= SILENT_MILLIS_MAX;
    }

    /** Whether all threads that serve players make progress; if not, only a restart helps. */
    boolean isAlive() {
        return services.host().vitals().silence().millis() <= silentMillisMax;
    }

    /** The problems that affect players. */
    List<Degraded> degraded() {
        List<Degraded> found = new ArrayList<>();
        StoreStats store = services.store().stats().get();
        if (services.host().isDraining()) {
            found.add(new Degraded("the server drains: no more players are taken", "stop it when sessions are 0"));
        }
        addProcess(found, services.host().vitals());
        if (!store.available()) {
            found.add(new Degraded(
                    "the store does not answer: trades and logins are refused",
                    "look at the store (the disk of store.path, or Redis); it is retried continuously"));
        }
        if (store.outboxRows() > OUTBOX_FULL * store.outbox().rowsMax()) {
            found.add(new Degraded(
                    String.format(
                            Locale.ROOT,
                            "%,d of at most %,d trades wait to be published; at the limit trades are refused",
                            store.outboxRows(),
                            store.outbox().rowsMax()),
                    "check that RabbitMQ is reachable and not blocked by memory or disk"));
        }
        if (store.available() && services.sessions().freezes().behindMillis() > FREEZES_BEHIND_MILLIS_MAX) {
            found.add(new Degraded(
                    "freezes cannot be read: this server does not notice new or lifted ones",
                    "look at this server's log, and at the store"));
        }
        int late = orders.late();
        if (late > 0) {
            found.add(new Degraded(
                    late + (late == 1 ? " order is" : " orders are")
                            + " not yet written down: the audit log does not say what came of "
                            + (late == 1 ? "it" : "them")
                            + (orders.problem().isEmpty() ? "" : ": " + orders.problem()),
                    "look at the store; they are written when it is back"));
        }
        addFeed(found);
        services.certificates()
                .troubles()
                .forEach(trouble -> found.add(
                        new Degraded(trouble, "install a certificate and its key; they are loaded without a restart")));
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

    /** Adds problems of the process itself. */
    private static void addProcess(List<Degraded> found, Vitals vitals) {
        if (vitals.silence().millis() > SILENT_MILLIS_MAX) {
            found.add(new Degraded(
                    String.format(
                            Locale.ROOT,
                            "the thread %s has not taken a turn for %d s: its players are not served",
                            vitals.silence().thread(),
                            TimeUnit.MILLISECONDS.toSeconds(vitals.silence().millis())),
                    "take a thread dump (jcmd PID Thread.print), then restart"));
        }
        if (vitals.closedBecause() != null) {
            found.add(new Degraded(
                    "nobody can connect: " + vitals.closedBecause(),
                    "raise limits.connections-max or ulimit -n, or send players to another server"));
        }
        if (vitals.descriptors().isAbove(NEARLY_USED_UP)) {
            found.add(
                    new Degraded(vitals.descriptors().percent() + " of the descriptors are in use", "raise ulimit -n"));
        }
        if (vitals.outbound().isAbove(NEARLY_USED_UP)) {
            found.add(new Degraded(
                    vitals.outbound().percent()
                            + " of what may wait for all clients together waits; the slowest are closed",
                    "look for many slow clients; limits.outbound-total-bytes"));
        }
        if (vitals.direct().isAbove(NEARLY_USED_UP)) {
            found.add(new Degraded(
                    vitals.direct().percent() + " of the direct memory is held by buffers",
                    "look for many slow clients, or raise -XX:MaxDirectMemorySize"));
        }
        if (vitals.replay().isAbove(NEARLY_USED_UP)) {
            found.add(new Degraded(
                    "events kept for resumes have used up their memory: the oldest are dropped early",
                    "raise limits.replay-total-bytes, or the heap"));
        }
    }

    /** Trades go on whatever the state of the broker, so this comes after the problems that players notice. */
    private void addFeed(List<Degraded> found) {
        FeedStatus feed = services.feed().status();
        if (feed.relaying() && !feed.lastProblem().isEmpty()) {
            found.add(new Degraded(
                    "trades are not published: " + feed.lastProblem(),
                    "check that RabbitMQ is reachable and not blocked by memory or disk; the outbox keeps the trades"));
        }
        long ledger = services.feed().ledgerMessages();
        if (ledger > LEDGER_MESSAGES_MANY) {
            found.add(
                    new Degraded(
                            String.format(
                                    Locale.ROOT,
                                    "%,d trades wait in tavern.trades.ledger: it is not consumed fast enough, and a full"
                                            + " disk of RabbitMQ stops the publishing",
                                    ledger),
                            "look at its consumer; if there is none, set feed.rabbitmq.ledger-queue = false and delete the queue"));
        }
        if (feed.unrouted()) {
            found.add(new Degraded(
                    "trades are published to nobody: no queue is bound for them",
                    "bind a queue to tavern.trades, or set feed.rabbitmq.ledger-queue = true (docs/FEED.md)"));
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
        String archive = services.host().archiveTrouble();
        if (archive != null) {
            found.add(new Degraded(
                    archive,
                    "look at the disk of store.archive.path, and run bin/server archive verify; the store grows"));
        }
        String trouble = books.trouble();
        if (trouble != null) {
            found.add(new Degraded(
                    "trades and timelines are out of date: " + trouble,
                    "look at the disk of store.path; books.db in it may be removed, and is computed again"));
        }
    }

    private void addAudit(List<Degraded> found) {
        String fault = auditWatch.fault() == null ? books.auditFault() : auditWatch.fault();
        if (fault != null) {
            found.add(
                    0,
                    new Degraded(
                            "the audit log is not as it was written: " + fault,
                            "find out who wrote to the store beside the server; keep copies of the store, of"
                                    + " audit.anchor and of the server's log, which has the hash of each entry"));
        }
        if (auditWatch.unread() != null) {
            found.add(new Degraded(
                    "the audit log cannot be read, so it is not known whether it is as it was written: "
                            + auditWatch.unread(),
                    "look at the store; it is tried again"));
        }
        if (auditWatch.trouble() != null) {
            found.add(new Degraded(
                    "the head of the audit log is not anchored: " + auditWatch.trouble(),
                    "until it is, a rewrite of the whole log would go unnoticed"));
        }
        if (tokens.problem() != null) {
            found.add(new Degraded(
                    "the operators' token file cannot be used, so the previous tokens stay valid: " + tokens.problem(),
                    "correct the file; it is read again at once"));
        }
    }

    /** @param tickLateMillis the 99th percentile of the last seconds */
    List<Degraded> degraded(double tickLateMillis) {
        List<Degraded> found = degraded();
        addBooks(found);
        addAudit(found);
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
