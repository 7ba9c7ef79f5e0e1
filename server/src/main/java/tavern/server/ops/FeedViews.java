package tavern.server.ops;

import static tavern.server.ops.Role.ADMIN;
import static tavern.server.ops.Role.VIEWER;

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

/** The trade feed: how it does, and what could not be published. */
final class FeedViews {
    /** What is counted of the confirms. */
    static final String CONFIRMED = "tavern.feed.confirmed";

    /** More than the errand takes itself, so that its own words arrive. */
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

    List<Route> routes(Audited audited, Field max, Field reason) {
        return List.of(
                Route.get("/api/v1/feed", VIEWER, "How the trade feed does.", List.of(), call -> state()),
                Route.get(
                        "/api/v1/feed/dead",
                        VIEWER,
                        "What could not be published, the oldest first.",
                        List.of(max),
                        call -> Asked.bounded(
                                feed.deadLetters().look((int) call.number("max", Views.ROWS_MAX)), LETTERS_MILLIS)),
                Route.post(
                        "/api/v1/feed/dead/republish",
                        ADMIN,
                        "Dead letters back to where trades go; those that come back stay.",
                        List.of(
                                reason,
                                Field.text("messageId", "Only this one; left out: all that are there now.")
                                        .optional()),
                        audited.order("republish", "messageId", LETTERS_MILLIS, this::republish)));
    }

    /**
     * @param kind none or rabbitmq
     * @param here this server publishes for the realm
     * @param oldestMillis age of the oldest trade that is not yet published; 0: there is none
     * @param deadLetters that are there now; -1: the broker does not say
     * @param problem in words; empty: none
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
            String problem) {}

    private CompletionStage<FeedAnswer> state() {
        CompletableFuture<Long> letters =
                Asked.bounded(feed.deadLetters().count()).exceptionally(failure -> UNKNOWN);
        CompletableFuture<Long> oldest =
                Asked.bounded(services.store().outbox(0, 1)).handle((rows, failure) -> ageMillis(rows));
        return letters.thenCombine(oldest, this::answer);
    }

    /** As this server's relay last saw it, if the store does not say. */
    private long ageMillis(@Nullable List<OutboxRow> rows) {
        if (rows == null) {
            return feed.status().oldestAgeMillis();
        }
        return rows.isEmpty()
                ? 0
                : Math.max(0, services.clock().millis() - rows.get(0).atMillis());
    }

    private FeedAnswer answer(long deadLetters, long oldestMillis) {
        FeedStatus now = feed.status();
        return new FeedAnswer(
                feed.kind().name().toLowerCase(Locale.ROOT),
                now.relaying(),
                now.connected(),
                now.blocked(),
                now.inFlight(),
                services.store().stats().outboxRows(),
                oldestMillis,
                now.confirmed(),
                sampler.perSecond(CONFIRMED),
                now.returned(),
                now.nacked(),
                deadLetters,
                now.lastProblem());
    }

    private CompletionStage<String> republish(Call call) {
        if (feed.kind() == FeedSettings.Kind.NONE) {
            throw RefusedException.conflict("feed.kind is none: nothing is published, and nothing can have failed");
        }
        String messageId = call.text("messageId", "");
        return feed.deadLetters()
                .republish(messageId.isEmpty() ? null : messageId)
                .thenApply(done -> {
                    if (!messageId.isEmpty() && done.seen() == 0) {
                        throw RefusedException.notFound("there is no such letter among the first "
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
                    .append(" came back, because no queue is bound for them, and stay");
        }
        if (done.bodiless() > 0) {
            words.append("; ")
                    .append(done.bodiless())
                    .append(" have lost their bodies, which the broker would not have, and stay");
        }
        return words.append("; left: ").append(done.left()).toString();
    }
}
