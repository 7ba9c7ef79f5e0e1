package tavern.server.ops;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import tavern.game.Names;
import tavern.server.game.Inventory;
import tavern.server.room.Room;
import tavern.server.room.RoomInfo;
import tavern.server.room.RoomLoad;
import tavern.server.session.SessionView;
import tavern.server.store.AuditEntry;
import tavern.server.store.AuditedOrder;
import tavern.server.store.OutboxRow;
import tavern.server.store.PlayerRecord;
import tavern.server.store.Sanction;

/** The views that operators can see. */
final class Views {
    static final int ROWS_MAX = 200;

    private final OpsServices services;

    Views(OpsServices services) {
        this.services = services;
    }

    record RoomRow(
            String room,
            int players,
            int capacity,
            boolean unlisted,
            Map<String, String> metadata,
            long fence,
            String lease,
            int mailboxDepth,
            long waitMicros,
            long tickMicros) {}

    record RoomRows(List<RoomRow> rooms, int total) {}

    CompletionStage<?> rooms(ApiRequest call) {
        List<Room> all = services.rooms().all();
        String prefix = call.text("prefix", "");
        String after = call.text("after", "");
        List<RoomRow> rows = all.stream()
                .filter(room ->
                        room.id().name().startsWith(prefix) && room.id().name().compareTo(after) > 0)
                .sorted(Comparator.comparing(Room::id))
                .limit(call.number("max", ROWS_MAX))
                .map(Views::row)
                .toList();
        return done(new RoomRows(rows, all.size()));
    }

    private static RoomRow row(Room room) {
        RoomInfo info = room.info();
        RoomLoad load = room.load();
        return new RoomRow(
                info.id().name(),
                info.players(),
                info.capacity(),
                info.unlisted(),
                info.metadata(),
                room.lease().fence(),
                room.lease().state().name(),
                load.mailboxDepth(),
                load.waitMicros(),
                load.tickMicros());
    }

    CompletionStage<?> room(ApiRequest call) {
        return AnswerTimeout.room(services.rooms(), call.room("room"), Room::report)
                .thenApply(RoomAnswer::of);
    }

    /** @param known the player with exactly this name, on this server or not */
    record PlayerRows(List<SessionView> here, @Nullable PlayerAnswer known) {}

    CompletionStage<?> players(ApiRequest call) {
        String query = call.text("query", "");
        List<SessionView> here = services.sessions().moderation().find(query, (int) call.number("max", ROWS_MAX));
        if (!Names.isPlayerName(query)) {
            return done(new PlayerRows(here, null));
        }
        return AnswerTimeout.bounded(services.store().accounts().findPlayer(query))
                .thenApply(found -> new PlayerRows(here, found.map(this::answer).orElse(null)));
    }

    /**
     * @param bannedUntilMillis milliseconds since 1970, or 0 if not banned
     * @param mutedUntilMillis milliseconds since 1970, or 0 if not muted
     * @param banMessage shown to a banned player in addition to the end of the ban
     * @param banVersion for {@code If-Match}; empty if not banned
     * @param muteVersion for {@code If-Match}; empty if not muted
     * @param session null if not on this server
     */
    record PlayerAnswer(
            String player,
            long playerId,
            long version,
            SortedMap<String, Long> stacks,
            SortedMap<Long, String> items,
            long bannedUntilMillis,
            String banMessage,
            String banVersion,
            long mutedUntilMillis,
            String muteVersion,
            @Nullable SessionView session) {}

    CompletionStage<?> player(ApiRequest call) {
        return AnswerTimeout.bounded(services.store().accounts().findPlayer(call.text("player")))
                .thenApply(found -> found.map(this::answer)
                        .orElseThrow(() -> RefusedException.notFound("there never was a player of this name")));
    }

    PlayerAnswer answer(PlayerRecord record) {
        Inventory inventory = record.inventory();
        long now = services.clocks().wall().millis();
        return new PlayerAnswer(
                record.player().name(),
                record.player().id().value(),
                inventory.version(),
                inventory.stacks(),
                inventory.items(),
                record.bannedUntilMillis(),
                record.banMessage(),
                SanctionCommands.version(record.sanction(Sanction.Kind.BAN), now),
                record.mutedUntilMillis(),
                SanctionCommands.version(record.sanction(Sanction.Kind.MUTE), now),
                services.sessions().moderation().session(record.player().name()));
    }

    record OutboxLine(long sequence, String messageId, String routingKey, int bytes, long atMillis) {}

    /** @param oldestMillis age of the oldest row, or 0 if there is none */
    record OutboxAnswer(long rows, long rowsMax, long oldestMillis, List<OutboxLine> first) {}

    CompletionStage<?> outbox(ApiRequest call) {
        int max = (int) call.number("max", 50);
        return AnswerTimeout.bounded(services.store().outbox().outbox(call.number("after", 0), max))
                .thenApply(rows -> new OutboxAnswer(
                        services.store().stats().get().outboxRows(),
                        services.store().stats().get().outbox().rowsMax(),
                        rows.isEmpty()
                                ? 0
                                : services.clocks().wall().millis()
                                        - rows.get(0).atMillis(),
                        rows.stream().map(Views::line).toList()));
    }

    private static OutboxLine line(OutboxRow row) {
        return new OutboxLine(
                row.sequence(),
                row.messageId(),
                row.event().routingKey(),
                row.event().body().length,
                row.atMillis());
    }

    /** @param leases fences by the name of the leased object */
    record NodeRow(
            String node,
            String address,
            boolean self,
            boolean draining,
            int players,
            int rooms,
            List<LeaseRow> leases) {}

    record LeaseRow(String lease, long fence, String state) {}

    record NodeRows(List<NodeRow> nodes) {}

    CompletionStage<?> nodes(ApiRequest call) {
        List<LeaseRow> leases = services.rooms().all().stream()
                .map(Room::lease)
                .map(lease -> new LeaseRow(
                        lease.key().name(), lease.fence(), lease.state().name()))
                .sorted(Comparator.comparing(LeaseRow::lease))
                .limit(ROWS_MAX)
                .toList();
        return done(new NodeRows(List.of(new NodeRow(
                services.self().id(),
                services.self().host() + ":" + services.self().port(),
                true,
                services.host().isDraining(),
                services.sessions().size(),
                services.rooms().size(),
                leases))));
    }

    /** @param entries the entries of the log, each with its role in a command */
    record AuditAnswer(List<JsonElement> entries, long newest, String newestHash) {}

    /**
     * Adds what the entry's result says about its command: {@code state}, which is BEGUN, ENDED or, for a command that
     * was refused at once, REFUSED; {@code of}, the entry in which it was begun, 0 for none; {@code words}, the result
     * without these.
     */
    private static JsonElement entry(AuditEntry entry) {
        JsonObject row = Json.tree(entry).getAsJsonObject();
        long of = AuditedOrder.begunIn(entry);
        row.addProperty("state", AuditedOrder.run(entry) != null ? "BEGUN" : of != 0 ? "ENDED" : "REFUSED");
        row.addProperty("of", of);
        row.addProperty("words", AuditedOrder.words(entry));
        return row;
    }

    CompletionStage<?> audit(ApiRequest call) {
        long max = call.number("max", 100);
        long after = call.number("after", -1);
        return AnswerTimeout.bounded(services.store().audit().newestAudit().thenCompose(newest -> {
            long last = newest.map(AuditEntry::seq).orElse(0L);
            String hash = newest.map(AuditEntry::hash).orElse(AuditEntry.GENESIS);
            return services.store()
                    .audit()
                    .audit(after < 0 ? Math.max(0, last - max) : after, (int) max)
                    .thenApply(entries ->
                            new AuditAnswer(entries.stream().map(Views::entry).toList(), last, hash));
        }));
    }

    private static CompletionStage<?> done(Object answer) {
        return CompletableFuture.completedFuture(answer);
    }
}
