package tavern.server.ops;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import tavern.game.Player;
import tavern.server.books.Books;
import tavern.server.game.GoodsChange;
import tavern.server.session.Moderation;
import tavern.server.store.Causes;
import tavern.server.store.Grant;
import tavern.server.store.GrantRecord;
import tavern.server.store.GrantTransactions;
import tavern.server.store.OutboxEvent;
import tavern.server.store.Stages;

/** Creates goods and takes them back. A command that looks like a typing error must be confirmed. */
final class GoodsCommands {
    static final String NEW_KIND = "new-kind";
    static final String LARGE_AMOUNT = "large-amount";

    /** The store remembers outcomes for at least this long, so only what is older must be in the books. */
    private static final long REMEMBERED_MILLIS_MIN = TimeUnit.DAYS.toMillis(1);

    private static final long BOOKS_RETRY_SECONDS = 5;

    private final OpsServices services;
    private final Moderation moderation;
    private final KindCatalogue kinds;
    private final Books books;
    private final long grantMax;

    /** @param grantMax a command with a larger count must be confirmed */
    GoodsCommands(OpsServices services, KindCatalogue kinds, Books books, long grantMax) {
        this.services = services;
        this.moderation = services.sessions().moderation();
        this.kinds = kinds;
        this.books = books;
        this.grantMax = grantMax;
    }

    CompletionStage<PreparedCommand> grant(ApiRequest call) {
        return prepare(call, new Grant(call.stacks("stacks"), call.kinds("items"), new TreeSet<>()));
    }

    CompletionStage<PreparedCommand> revoke(ApiRequest call) {
        SortedMap<String, Long> taken = new TreeMap<>(call.stacks("stacks"));
        taken.replaceAll((kind, count) -> -count);
        return prepare(call, new Grant(taken, List.of(), new TreeSet<>(call.items("items"))));
    }

    private CompletionStage<PreparedCommand> prepare(ApiRequest call, Grant grant) {
        if (grant.stacks().isEmpty()
                && grant.newItems().isEmpty()
                && grant.removedItems().isEmpty()) {
            throw RefusedException.badRequest("give goods in stacks or items");
        }
        // The prefix keeps operators' keys apart from the references of the server's own grants.
        String reference = "ops:" + call.text("key");
        return services.store().accounts().findPlayer(call.text("player")).thenCompose(found -> {
            Player player = found.orElseThrow(OperatorCommands::unknown).player();
            return findGrant(reference)
                    .thenCompose(before -> check(call, player, grant, reference, before))
                    .thenApply(checked -> PreparedCommand.inStore(
                            words(grant) + ", for the key " + call.text("key"),
                            () -> change(player, grant, reference),
                            () -> settle(player, grant, reference)));
        });
    }

    /** A repeat of a grant needs no second confirmation; one with other contents is refused. */
    private CompletionStage<Void> check(
            ApiRequest call, Player player, Grant grant, String reference, Optional<GrantRecord> before) {
        if (before.isPresent()) {
            if (!isSame(before.get(), player, grant)) {
                throw before.get().reused(reference);
            }
            return CompletableFuture.completedFuture(null);
        }
        return requireUnused(reference).thenCompose(unused -> confirm(call, grant));
    }

    /**
     * The store forgets what was done under a key after {@code store.outcomes-kept-days}, and would do it again. The books
     * forget nothing; as long as they are not complete, nobody can tell whether a key is new.
     */
    private CompletionStage<Void> requireUnused(String reference) {
        return AnswerTimeout.bounded(
                        books.ask(queries -> {
                            OptionalLong used = queries.grant(reference);
                            if (used.isEmpty() && books.completeMillisAgo() > REMEMBERED_MILLIS_MIN) {
                                throw unknown("they are still being read");
                            }
                            return used;
                        }),
                        AnswerTimeout.MILLIS_MAX / 2)
                .handle((used, failure) -> {
                    if (failure != null) {
                        Throwable cause = Causes.of(failure);
                        throw cause instanceof RefusedException refused
                                ? refused
                                : unknown(String.valueOf(cause.getMessage()));
                    }
                    used.ifPresent(atMillis -> {
                        throw RefusedException.conflict("the reference " + reference + " was used before, done at "
                                + Instant.ofEpochMilli(atMillis) + "; nothing was changed now");
                    });
                    return null;
                });
    }

    private static RefusedException unknown(String why) {
        return new RefusedException(
                503,
                "UNAVAILABLE",
                "whether this key was used long ago can only be told when the books are complete (" + why
                        + "); nothing was done, try again",
                BOOKS_RETRY_SECONDS);
    }

    /** Refuses what looks like a mistake, unless it is confirmed. */
    private CompletionStage<Void> confirm(ApiRequest call, Grant grant) {
        List<String> large = new ArrayList<>();
        grant.stacks().forEach((kind, count) -> {
            if (count > grantMax) {
                large.add(count + " " + kind);
            }
        });
        return kinds.unknown(grant.stacks(), grant.newItems()).thenAccept(unknown -> {
            Map<String, String> doubts = new TreeMap<>();
            if (!unknown.isEmpty()) {
                doubts.put(NEW_KIND, "the kind " + String.join(", ", unknown) + " never existed");
            }
            if (!large.isEmpty()) {
                doubts.put(LARGE_AMOUNT, String.join(", ", large) + " is more than ops.grant-max, " + grantMax);
            }
            doubts.keySet().removeAll(call.choices("confirm"));
            if (!doubts.isEmpty()) {
                throw RefusedException.confirm(List.copyOf(doubts.keySet()), String.join("; ", doubts.values()));
            }
        });
    }

    private CompletionStage<Optional<GrantRecord>> findGrant(String reference) {
        return services.store()
                .accounts()
                .findOutcome(GrantTransactions.id(reference))
                .thenApply(found -> found.map(GrantTransactions::record));
    }

    private static boolean isSame(GrantRecord record, Player player, Grant grant) {
        return record.contents().equals(grant.contents(player.id()));
    }

    private CompletionStage<String> change(Player player, Grant grant, String reference) {
        long nowMillis = services.clocks().wall().millis();
        OutboxEvent event = services.feed().describe(GrantTransactions.KIND, null, nowMillis);
        return Stages.begin(() -> services.store()
                        .accounts()
                        .transact(GrantTransactions.of(player.id(), grant, reference, nowMillis)
                                .with(event)))
                .thenApply(result -> GrantTransactions.answer(player.id(), grant, reference, result))
                .thenCompose(answer -> answer.change() == null
                        ? CompletableFuture.completedFuture("done already, at "
                                + Instant.ofEpochMilli(answer.atMillis()) + ", and not again: " + words(grant))
                        : follow(player, grant, answer.change()));
    }

    private CompletionStage<String> follow(Player player, Grant grant, GoodsChange change) {
        services.feed().committed();
        services.players().update(player, change);
        return moderation.changeGoods(player.name(), change, "operator").thenApply(here -> words(grant));
    }

    private CompletionStage<String> settle(Player player, Grant grant, String reference) {
        return findGrant(reference).thenApply(found -> {
            if (found.isEmpty() || !isSame(found.get(), player, grant)) {
                return "it was not done";
            }
            // The answer that told the change is lost: the player is told as soon as the inventory has been read again.
            services.feed().committed();
            services.players().reread(player);
            return words(grant);
        });
    }

    /** {@code gave 5 gold, 1 new crown} or {@code took back 5 gold, item 17}. */
    private static String words(Grant grant) {
        List<String> gave = new ArrayList<>();
        List<String> took = new ArrayList<>();
        grant.stacks().forEach((kind, count) -> {
            // Also handles -2^63, which has no positive counterpart.
            String amount = Long.toUnsignedString(Math.max(count, -count)) + " " + kind;
            (count < 0 ? took : gave).add(amount);
        });
        grant.newItems().forEach(kind -> gave.add("1 new " + kind));
        grant.removedItems().forEach(item -> took.add("item " + item));
        List<String> words = new ArrayList<>();
        if (!gave.isEmpty()) {
            words.add("gave " + String.join(", ", gave));
        }
        if (!took.isEmpty()) {
            words.add("took back " + String.join(", ", took));
        }
        return String.join("; ", words);
    }
}
