package tavern.server.ops;

import static tavern.server.operators.Right.SEE;
import static tavern.server.operators.Right.SERVERS;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import tavern.server.feed.DeadLetters;
import tavern.server.feed.Feed;
import tavern.server.feed.FeedSettings;
import tavern.server.feed.FeedStatus;
import tavern.server.store.OutboxRow;
import tavern.server.store.StoreStats;

/** The state of the trade feed, and what could not be published. */
final class FeedViews {
    /** Name of the metric that counts confirms. */
    static final String CONFIRMED = "tavern.feed.confirmed";

    /** Longer than the command's own limit, so that its own error message arrives. */
    private static final long LETTERS_MILLIS = DeadLetters.MILLIS_MAX + 1_000;

    private static final long UNKNOWN = -1;

    private final OpsServices services;
    private final Sampler sampler;
    private final Feed feed;

    FeedViews(OpsServices services, Sampler sampler) {
        this.services = services;
        this.sampler = sampler;
        this.feed = services.feed();
    }

    List<Route> routes(AuditedCommands audited, Field max, Field reason) {
        return List.of(
                Route.get("/api/v1/feed", SEE, "The state of the trade feed.", List.of(), call -> state()),
                Route.get(
                        "/api/v1/feed/dead",
                        SEE,
                        "What could not be published, the oldest first.",
                        List.of(max),
                        call -> AnswerTimeout.bounded(
                                feed.deadLetters().look((int) call.number("max", Views.ROWS_MAX)), LETTERS_MILLIS)),
                Route.post(
                        "/api/v1/feed/dead/republish",
                        SERVERS,
                        "Publishes dead letters again; those that are returned stay.",
                        List.of(
                                reason,
                                Field.text("messageId", "Only this letter; without it, all present letters.")
                                        .optional()),
                        audited.order("republish", "messageId", LETTERS_MILLIS, this::republish)));
    }

    /**
     * @param kind none or rabbitmq
     * @param here whether this server publishes for the realm
     * @param oldestMillis age of the oldest trade that is not yet published; 0 if there is none
     * @param deadLetters current number of dead letters; -1 if the broker does not report it
     * @param ledgerMessages messages in the queue tavern.trades.ledger, as of a while ago; -1 if the broker does not
     *     report them
     * @param unrouted whether the newest trade was routed to no queue, while none is required
     * @param outboxBytes approximate, of at most outboxBytesMax
     * @param problem in words; empty if there is none
     */
    record FeedAnswer(
            String kind,
            boolean here,
            boolean connected,
            boolean blocked,
            int inFlight,
            long outboxRows,
            long oldestMillis,
            long confirmed,
            double confirmsPerSecond,
            long returned,
            long nacked,
            long deadLetters,
            long ledgerMessages,
            boolean unrouted,
            long outboxBytes,
            long outboxBytesMax,
            String problem) {}

    private CompletionStage<FeedAnswer> state() {
        CompletableFuture<Long> letters =
                AnswerTimeout.bounded(feed.deadLetters().count()).exceptionally(failure -> UNKNOWN);
        CompletableFuture<Long> oldest = AnswerTimeout.bounded(
                        services.store().outbox().outbox(0, 1))
                .handle((rows, failure) -> ageMillis(rows));
        return letters.thenCombine(oldest, this::answer);
    }

    /** The age as last seen by this server's relay, if the store does not report it. */
    private long ageMillis(@Nullable List<OutboxRow> rows) {
        if (rows == null) {
            return feed.status().oldestAgeMillis();
        }
        return rows.isEmpty()
                ? 0
                : Math.max(0, services.clocks().wall().millis() - rows.get(0).atMillis());
    }

    private FeedAnswer answer(long deadLetters, long oldestMillis) {
        FeedStatus now = feed.status();
        StoreStats store = services.store().stats().get();
        return new FeedAnswer(
                feed.kind().name().toLowerCase(Locale.ROOT),
                now.relaying(),
                now.connected(),
                now.blocked(),
                now.inFlight(),
                store.outboxRows(),
                oldestMillis,
                now.confirmed(),
                sampler.perSecond(CONFIRMED),
                now.returned(),
                now.nacked(),
                deadLetters,
                feed.ledgerMessages(),
                now.unrouted(),
                store.outbox().bytes(store.outboxRows()),
                store.outbox().bytesMax(),
                now.lastProblem());
    }

    private CompletionStage<PreparedCommand> republish(ApiRequest call) {
        if (feed.kind() == FeedSettings.Kind.NONE) {
            throw RequestRefusedException.conflict(
                    "feed.kind is none: nothing is published, so there are no dead letters");
        }
        String messageId = call.text("messageId", "");
        return CompletableFuture.completedFuture(PreparedCommand.here("", () -> republish(messageId)));
    }

    /** @param messageId empty for all */
    private CompletionStage<String> republish(String messageId) {
        return feed.deadLetters()
                .republish(messageId.isEmpty() ? null : messageId)
                .thenApply(done -> {
                    if (!messageId.isEmpty() && done.seen() == 0) {
                        throw RequestRefusedException.notFound("there is no such letter among the first "
                                + DeadLetters.LETTERS_MAX + " of " + done.left());
                    }
                    return words(done);
                });
    }

    private static String words(DeadLetters.Republished done) {
        StringBuilder words = new StringBuilder("published " + done.published());
        if (done.returned() > 0) {
            words.append("; ")
                    .append(done.returned())
                    .append(" were returned, because no queue is bound for them, and stay");
        }
        if (done.bodiless() > 0) {
            words.append("; ").append(done.bodiless()).append(" have no body, because the broker refused it, and stay");
        }
        return words.append("; left: ").append(done.left()).toString();
    }
}
