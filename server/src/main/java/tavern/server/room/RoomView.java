package tavern.server.room;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.List;
import tavern.game.RoomId;
import tavern.protocol.v1.ChatMessage;
import tavern.protocol.v1.Entity;
import tavern.protocol.v1.FullState;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.ServerMessage;
import tavern.server.game.GameSettings;
import tavern.server.game.GameTime;
import tavern.server.game.Position;
import tavern.server.guard.ReplayLog;
import tavern.server.store.ChatLine;
import tavern.server.store.Erasure;

/** The room as its members are shown it: everybody's place as of the last snapshot, and the latest chat. */
@OnRoomThread
final class RoomView {
    private final RoomId id;
    private final RoomOptions options;
    private final int capacity;
    private long fence;
    private final GameSettings map;
    private final Seats seats;
    private final SnapshotEncoder snapshots;
    private final Interest interest;
    private final ReplayLog events;
    private final int chatMax;
    private final GameHost game;
    private final RoomTime time;
    private final boolean hasGame;
    private final ArrayDeque<ChatMessage> chat = new ArrayDeque<>();

    RoomView(
            RoomId id,
            RoomPlan plan,
            long fence,
            RoomServices services,
            Seats seats,
            SnapshotEncoder snapshots,
            Interest interest,
            ReplayLog events,
            GameHost game,
            RoomTime time) {
        this.id = id;
        this.options = plan.options();
        this.capacity = services.settings().capacityOf(options);
        this.fence = fence;
        this.map = services.game();
        this.seats = seats;
        this.snapshots = snapshots;
        this.interest = interest;
        this.events = events;
        this.chatMax = services.settings().chatHistory();
        this.game = game;
        this.time = time;
        this.hasGame = plan.type() != null;
        plan.history().lines().forEach(line -> chat.add(message(line)));
    }

    /** P-27: the fence with which the room's events began to be numbered. */
    long fence() {
        return fence;
    }

    /** The numbers of the room's events go on from another server's. */
    void numberedSince(long firstFence) {
        fence = firstFence;
    }

    void remember(ChatMessage message) {
        chat.addLast(message);
        if (chat.size() > chatMax) {
            chat.removeFirst();
        }
    }

    /** Erases a player from the chat that new members are shown. */
    void erase(Erasure erasure) {
        List<ChatLine> lines = chat();
        chat.clear();
        lines.forEach(line -> chat.add(message(erasure.clean(line))));
    }

    private static ChatMessage message(ChatLine line) {
        return ChatMessage.newBuilder()
                .setPlayer(line.player())
                .setText(line.text())
                .setAtMs(line.atMillis())
                .build();
    }

    /** The latest chat, oldest first. */
    List<ChatLine> chat() {
        return chat.stream()
                .map(line -> new ChatLine(line.getPlayer(), line.getText(), line.getAtMs()))
                .toList();
    }

    Position place(Seat seat) {
        return new Position(snapshots.sentX(seat.entity), snapshots.sentY(seat.entity));
    }

    /** The players as operators see them. */
    List<RoomReport.MemberView> members() {
        return seats.players().stream().map(this::member).toList();
    }

    private RoomReport.MemberView member(Seat seat) {
        Position place = place(seat);
        return new RoomReport.MemberView(
                seat.member.player().name(), seat.entity, place.x(), place.y(), seat.outlet != null);
    }

    /** The room's entry in a list of rooms. */
    RoomInfo info() {
        return new RoomInfo(
                id, seats.players().size(), capacity, options.unlisted(), options.metadata(), options.type());
    }

    private ServerMessage joined(Seat seat, int replyTo) {
        Joined.Builder joined = Joined.newBuilder()
                .setRoom(id.name())
                .setSelf(seat.entity)
                .setState(state(seat))
                .addAllRecentChat(chat)
                .setOptions(tavern.protocol.v1.RoomOptions.newBuilder()
                        .setCapacity(capacity)
                        .setUnlisted(options.unlisted())
                        .putAllMetadata(options.metadata()))
                .setMapWidth(map.mapWidth())
                .setMapHeight(map.mapHeight())
                .setMaxSpeed(map.maxSpeed())
                .setFence(fence)
                .setCellSize(interest.cellSize());
        game.describe(seat, joined);
        return ServerMessage.newBuilder()
                .setReplyTo(replyTo)
                .setRoomSeq(events.lastSeq())
                .setJoined(joined)
                .build();
    }

    /** The full state of a room where everybody sees everybody. */
    ServerMessage fullState() {
        FullState.Builder state = state(snapshots.sentTick());
        for (Seat seat : seats.players()) {
            state.addEntities(entity(seat));
        }
        snapshots.eachNpc(npc -> state.addEntities(entity(npc, "")));
        return ServerMessage.newBuilder().setFullState(state).build();
    }

    /** The full state as one member sees it. */
    private ServerMessage fullState(Seat viewer) {
        return ServerMessage.newBuilder().setFullState(state(viewer)).build();
    }

    private FullState.Builder state(Seat viewer) {
        FullState.Builder state = state(interest.asOf(viewer));
        for (Seat seat : seats.players()) {
            state.addEntities(
                    interest.sees(viewer, seat.entity)
                            ? entity(seat)
                            : Wire.away(seat.entity, seat.member.player().name()));
        }
        // P-84: one that is out of view is unknown.
        snapshots.eachNpc(npc -> {
            if (interest.sees(viewer, npc)) {
                state.addEntities(entity(npc, ""));
            }
        });
        return state;
    }

    private FullState.Builder state(int tick) {
        FullState.Builder state = FullState.newBuilder().setTick(tick);
        return time.permille() == GameTime.FULL ? state : state.setTickRatePermille(time.permille());
    }

    private Entity entity(Seat seat) {
        return entity(seat.entity, seat.member.player().name());
    }

    /** @param player empty for an NPC */
    private Entity entity(int id, String player) {
        Entity.Builder entity = Entity.newBuilder()
                .setId(id)
                .setPlayer(player)
                .setX(snapshots.sentX(id))
                .setY(snapshots.sentY(id))
                .setSeq(snapshots.sentSeq(id));
        snapshots.describe(id, entity);
        return entity.build();
    }

    /**
     * Sends {@code Joined}. A game's view takes the way of the game's personal events, through the member's lane: so it comes
     * behind those that it includes and before those that it does not. What the room sends to everybody waits for it.
     */
    void sendJoined(Seat seat, Outlet outlet, int replyTo) {
        Runnable write = writing(seat, outlet, List.of(), joined(seat, replyTo));
        if (!hasGame) {
            outlet.loop().execute(() -> outlet.barrier().pass(write));
            return;
        }
        outlet.loop().execute(() -> outlet.barrier().close());
        seat.member.behind(() -> outlet.loop().execute(() -> {
            try {
                write.run();
            } finally {
                outlet.barrier().open();
            }
        }));
    }

    /** Sends events, then the full state. */
    void sendMissed(Seat seat, Outlet outlet, List<byte[]> missed) {
        Runnable write = writing(seat, outlet, missed, fullState(seat));
        outlet.loop().execute(() -> outlet.barrier().pass(write));
    }

    /** A task that writes events, then a message with the full state as of the last snapshot. */
    private Runnable writing(Seat seat, Outlet outlet, List<byte[]> missed, ServerMessage state) {
        int asOf = interest.asOf(seat);
        ByteBuf frame = Unpooled.wrappedBuffer(Frames.copyOf(state));
        return () -> {
            for (byte[] event : missed) {
                outlet.write(Unpooled.wrappedBuffer(event));
            }
            outlet.write(frame);
            outlet.inStep(asOf);
            outlet.flush();
        };
    }
}
