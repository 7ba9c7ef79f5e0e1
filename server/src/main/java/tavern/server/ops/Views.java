package tavern.server.ops;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import tavern.server.game.Inventory;
import tavern.server.game.Names;
import tavern.server.room.Room;
import tavern.server.room.RoomInfo;
import tavern.server.room.RoomLoad;
import tavern.server.session.SessionView;
import tavern.server.store.AuditEntry;
import tavern.server.store.OutboxRow;
import tavern.server.store.PlayerRecord;

/** What operators can see. */
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

    CompletionStage<?> rooms(Call call) {
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

    CompletionStage<?> room(Call call) {
        return Asked.room(services.rooms(), call.room("room"), Room::report).thenApply(RoomAnswer::of);
    }

    /** @param known a player of just this name, here or not */
    record PlayerRows(List<SessionView> here, @Nullable PlayerAnswer known) {}

    CompletionStage<?> players(Call call) {
        String query = call.text("query", "");
        List<SessionView> here = services.sessions().moderation().find(query, (int) call.number("max", ROWS_MAX));
        if (!Names.isPlayerName(query)) {
            return done(new PlayerRows(here, null));
        }
        return Asked.bounded(services.store().findPlayer(query))
                .thenApply(found -> new PlayerRows(here, found.map(this::answer).orElse(null)));
    }

    /**
     * @param bannedUntilMillis milliseconds since 1970; 0: not banned
     * @param mutedUntilMillis milliseconds since 1970; 0: not muted
     * @param session null: not on this server
     */
    record PlayerAnswer(
            String player,
            long playerId,
            long version,
            SortedMap<String, Long> stacks,
            SortedMap<Long, String> items,
            long bannedUntilMillis,
            String banReason,
            long mutedUntilMillis,
            @Nullable SessionView session) {}

    CompletionStage<?> player(Call call) {
        return Asked.bounded(services.store().findPlayer(call.text("player")))
                .thenApply(found -> found.map(this::answer)
                        .orElseThrow(() -> RefusedException.notFound("there never was a player of this name")));
    }

    private PlayerAnswer answer(PlayerRecord record) {
        Inventory inventory = record.inventory();
        return new PlayerAnswer(
                record.player().name(),
                record.player().id().value(),
                inventory.version(),
                inventory.stacks(),
                inventory.items(),
                record.bannedUntilMillis(),
                record.banReason(),
                record.mutedUntilMillis(),
                services.sessions().moderation().session(record.player().name()));
    }

    record OutboxLine(long sequence, String messageId, String routingKey, int bytes, long atMillis) {}

    /** @param oldestMillis age of the oldest row; 0 when there is none */
    record OutboxAnswer(long rows, int rowsMax, long oldestMillis, List<OutboxLine> first) {}

    CompletionStage<?> outbox(Call call) {
        int max = (int) call.number("max", 50);
        return Asked.bounded(services.store().outbox(call.number("after", 0), max))
                .thenApply(rows -> new OutboxAnswer(
                        services.store().stats().outboxRows(),
                        services.outboxRowsMax(),
                        rows.isEmpty()
                                ? 0
                                : services.clock().millis() - rows.get(0).atMillis(),
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

    /** @param leases by the name of what is leased, with their fences */
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

    CompletionStage<?> nodes(Call call) {
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

    record AuditAnswer(List<AuditEntry> entries, long newest, String newestHash) {}

    CompletionStage<?> audit(Call call) {
        long max = call.number("max", 100);
        long after = call.number("after", -1);
        return Asked.bounded(services.store().newestAudit().thenCompose(newest -> {
            long last = newest.map(AuditEntry::seq).orElse(0L);
            String hash = newest.map(AuditEntry::hash).orElse(AuditEntry.GENESIS);
            return services.store()
                    .audit(after < 0 ? Math.max(0, last - max) : after, (int) max)
                    .thenApply(entries -> new AuditAnswer(entries, last, hash));
        }));
    }

    private static CompletionStage<?> done(Object answer) {
        return CompletableFuture.completedFuture(answer);
    }
}
