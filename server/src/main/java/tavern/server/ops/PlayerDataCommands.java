package tavern.server.ops;

import static tavern.server.operators.Right.PERSONAL_DATA;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.server.books.BookEntry;
import tavern.server.books.BookedCommand;
import tavern.server.books.Books;
import tavern.server.room.Room;
import tavern.server.session.Freeze;
import tavern.server.session.Journal;
import tavern.server.store.AccountStore;
import tavern.server.store.Causes;
import tavern.server.store.Erasure;
import tavern.server.store.PlayerRecord;
import tavern.server.store.UnfinishedErasure;

/** What is kept about a player, to be handed out or to be erased. */
final class PlayerDataCommands {
    private static final Logger log = LoggerFactory.getLogger(PlayerDataCommands.class);
    static final String ERASE = "erase";

    /** Searching all rooms takes longer than other answers. */
    private static final long MILLIS_MAX = 30_000;

    /** A room's write that is under way ends, or counts as failed, within 5 seconds. */
    private static final long ROOM_MILLIS_MAX = 7_000;

    private static final int ENTRIES = 500;
    private static final int ORDERS_MAX = 1_000;

    private static final Field BEFORE =
            Field.queryNumber("before", 1, Long.MAX_VALUE, "Continue with entries of this moment, in milliseconds.");
    private static final Field NUMBER =
            Field.queryNumber("number", 1, Long.MAX_VALUE, "Continue before this entry of that moment.");
    private static final Field FROM =
            Field.query("from", Field.Type.TEXT, "Continue with other rooms: \"next\" of the answer before.");
    private static final Field CONFIRM = Field.choices("confirm", List.of(ERASE), "It cannot be undone.");

    private final OpsServices services;
    private final Books books;
    private final Views views;
    private final ErasureScans scans;

    PlayerDataCommands(OpsServices services, Books books, Views views) {
        this.services = services;
        this.books = books;
        this.views = views;
        this.scans = new ErasureScans(new ErasureSearch(accounts(), this::eraseInMemory)::run);
    }

    List<Route> routes(AuditedCommands audited, Field reason) {
        return List.of(
                Route.get(
                        "/api/v1/players/{player}/export",
                        PERSONAL_DATA,
                        "What is kept about a player, except in rooms: the record, entries of the ledger (some at a"
                                + " time, the newest first), operators' commands, recent events on this server, and the"
                                + " places on the leaderboards of the loaded games.",
                        List.of(Field.player(), BEFORE, NUMBER),
                        this::export),
                Route.get(
                        "/api/v1/players/{player}/export/rooms",
                        PERSONAL_DATA,
                        "What rooms keep about a player, some rooms at a time: places and chat; and the durable values, together"
                                + " with the first rooms.",
                        List.of(Field.player(), FROM),
                        this::traces),
                Route.post(
                        "/api/v1/players/{player}/erase",
                        PERSONAL_DATA,
                        "Erases the name of a banned player, the durable values, the scores, and what the player wrote or what names"
                                + " the player in rooms. Goods and ledger stay, under the player's number. Cannot be undone.",
                        List.of(Field.player(), reason, CONFIRM),
                        audited.order(ERASE, "player", MILLIS_MAX, this::erase)));
    }

    /**
     * @param events on this server since its start
     * @param scores on the leaderboards of the games that are loaded
     * @param next the moment, and the number, from which entries continue; null if there are no more
     */
    record Export(
            Views.PlayerAnswer player,
            List<BookEntry> entries,
            List<BookedCommand> orders,
            List<Journal.Event> events,
            List<Scored> scores,
            @Nullable Next next) {}

    record Next(long before, long number) {}

    record Scored(String board, long rank, long points) {}

    private record Booked(List<BookEntry> entries, List<BookedCommand> orders) {}

    private CompletionStage<?> export(ApiRequest call) {
        String name = call.text("player");
        return AnswerTimeout.bounded(find(name))
                .thenCompose(record -> AnswerTimeout.bounded(booked(call, record.player()))
                        .thenCombine(
                                AnswerTimeout.bounded(scores(record.player().id())),
                                (booked, scores) -> export(record, booked, scores)));
    }

    private CompletionStage<List<Scored>> scores(PlayerId player) {
        CompletionStage<List<Scored>> all = CompletableFuture.completedFuture(List.of());
        for (var board : LeaderboardViews.boards(services)) {
            all = all.thenCombine(
                    score(board.board(), player),
                    (before, more) ->
                            Stream.concat(before.stream(), more.stream()).toList());
        }
        return all;
    }

    /** Empty unless the player is on the board. */
    private CompletionStage<List<Scored>> score(String board, PlayerId player) {
        return services.store()
                .games()
                .leaderboardAround(board, player, 1)
                .thenApply(page -> page.rows().stream()
                        .filter(row -> row.player().id().equals(player))
                        .map(row -> new Scored(board, row.rank(), row.points()))
                        .toList());
    }

    private CompletionStage<?> traces(ApiRequest call) {
        return AnswerTimeout.bounded(find(call.text("player")))
                .thenCompose(
                        record -> AnswerTimeout.bounded(accounts().traces(record.player(), call.text("from", ""))));
    }

    private CompletionStage<Booked> booked(ApiRequest call, Player player) {
        return books.ask(queries -> new Booked(
                queries.entriesOf(
                        player.id(),
                        call.number("before", Long.MAX_VALUE),
                        call.number("number", Long.MAX_VALUE),
                        ENTRIES + 1),
                queries.deeds(player.name(), Long.MAX_VALUE, ORDERS_MAX)));
    }

    private Export export(PlayerRecord record, Booked booked, List<Scored> scores) {
        boolean more = booked.entries().size() > ENTRIES;
        List<BookEntry> page = more ? booked.entries().subList(0, ENTRIES) : booked.entries();
        BookEntry last = page.isEmpty() ? null : page.get(page.size() - 1);
        return new Export(
                views.answer(record),
                page,
                booked.orders(),
                services.sessions().journal().of(record.player().name()),
                scores,
                more && last != null ? new Next(last.atMillis(), last.number()) : null);
    }

    private CompletionStage<PlayerRecord> find(String name) {
        return accounts().findPlayer(name).thenApply(found -> found.orElseThrow(OperatorCommands::unknown));
    }

    /**
     * Only of a banned player: no server of the realm has a session of that player, and none can begin in the middle of
     * it. An erasure that broke off goes on, under the name that it is to erase.
     */
    private CompletionStage<PreparedCommand> erase(ApiRequest call) {
        String name = call.text("player");
        return unfinished(name).thenCompose(begun -> {
            CompletionStage<Erasure> wanted = begun.isPresent()
                    ? CompletableFuture.completedFuture(begun.get())
                    : find(name).thenApply(this::checked);
            return wanted.thenApply(erasure -> prepared(call, erasure));
        });
    }

    private CompletionStage<Optional<Erasure>> unfinished(String name) {
        return accounts()
                .unfinishedErasures()
                .thenApply(all -> all.stream()
                        .map(UnfinishedErasure::erasure)
                        .filter(begun -> begun.name().equals(name))
                        .findFirst());
    }

    private Erasure checked(PlayerRecord record) {
        String name = record.player().name();
        if (record.bannedUntilMillis() <= nowMillis()
                || services.sessions().moderation().session(name) != null) {
            throw notBanned(name);
        }
        if (services.sessions().freezes().all().stream().anyMatch(freeze -> isOf(freeze, name))) {
            throw RequestRefusedException.conflict("lift the player's freezes first, because they name the player");
        }
        return Erasure.of(record.player().id(), name);
    }

    private static RequestRefusedException notBanned(String name) {
        return RequestRefusedException.conflict(
                "ban " + name + " first, so that nobody plays under this name meanwhile");
    }

    private PreparedCommand prepared(ApiRequest call, Erasure erasure) {
        if (!call.choices("confirm").contains(ERASE)) {
            throw RequestRefusedException.confirm(
                    List.of(ERASE), "the name and the texts of " + erasure.name() + " cannot be brought back");
        }
        return PreparedCommand.inStore("to " + erasure.replacement(), () -> carryOut(erasure), () -> settle(erasure));
    }

    private CompletionStage<String> carryOut(Erasure erasure) {
        return accounts().eraseName(erasure, nowMillis()).thenCompose(done -> {
            if (!done) {
                // The ban was lifted since it was looked at.
                throw notBanned(erasure.name());
            }
            return scans.join(erasure);
        });
    }

    private AccountStore accounts() {
        return services.store().accounts();
    }

    private long nowMillis() {
        return services.clocks().wall().millis();
    }

    private static boolean isOf(Freeze freeze, String name) {
        return freeze.scope() == Freeze.Scope.PLAYER && freeze.target().equals(name);
    }

    /** Completes with the number of rooms that did not answer. */
    private CompletionStage<Integer> eraseInMemory(Erasure erasure) {
        services.players().erased(new Player(erasure.player(), erasure.name()));
        services.sessions().journal().forget(erasure.name());
        return services.rooms().all().stream()
                .map(room -> silent(room, erasure))
                .reduce(CompletableFuture.completedFuture(0), (some, more) -> some.thenCombine(more, Integer::sum));
    }

    /** Returns 1 for a room that does not answer, and 0 for another. */
    private static CompletableFuture<Integer> silent(Room room, Erasure erasure) {
        return AnswerTimeout.bounded(room.erase(erasure), ROOM_MILLIS_MAX)
                .handle((done, failure) -> failure == null ? 0 : 1);
    }

    private CompletionStage<String> settle(Erasure erasure) {
        return accounts().findPlayer(erasure.player()).thenCompose(found -> {
            boolean done = found.isPresent() && found.get().player().name().equals(erasure.replacement());
            return done ? scans.join(erasure) : CompletableFuture.completedFuture("it was not done");
        });
    }

    /** Tells operators at the start which erasures a stop has interrupted. */
    void warnOfUnfinished() {
        accounts().unfinishedErasures().whenComplete((all, failure) -> {
            if (failure != null) {
                log.warn(
                        "whether erasures of players broke off is not known: {}",
                        Causes.of(failure).getMessage());
                return;
            }
            for (UnfinishedErasure begun : all) {
                log.warn(
                        "the erasure of player {} of {} is not finished; finish it with"
                                + " bin/server player erase {} --confirm erase --reason \"...\"",
                        begun.erasure().player(),
                        Instant.ofEpochMilli(begun.sinceMillis()),
                        begun.erasure().name());
            }
        });
    }
}
