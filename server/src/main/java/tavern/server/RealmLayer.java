package tavern.server;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import tavern.game.RoomId;
import tavern.server.cluster.Directory;
import tavern.server.cluster.LeastLoaded;
import tavern.server.cluster.Node;
import tavern.server.cluster.Successors;
import tavern.server.config.TavernConfig;
import tavern.server.guard.Heartbeats;
import tavern.server.ops.ServerControl;
import tavern.server.room.DueRooms;
import tavern.server.room.RealmRooms;
import tavern.server.room.Room;
import tavern.server.room.RoomMoves;
import tavern.server.session.Evacuation;
import tavern.server.session.Sessions;
import tavern.server.store.MovingRoomStore;
import tavern.server.time.Clocks;

/**
 * The realm's other servers: what they are told of this one, and rooms that move to them. Without other servers, nothing
 * moves.
 */
final class RealmLayer {
    private final PlayLayer play;
    private final Clocks clocks;
    private final Successors successors;
    private final int handoversPerSecond;
    private final @Nullable RoomMoves moves;

    private RealmLayer(
            PlayLayer play, Clocks clocks, Successors successors, int handoversPerSecond, @Nullable RoomMoves moves) {
        this.play = play;
        this.clocks = clocks;
        this.successors = successors;
        this.handoversPerSecond = handoversPerSecond;
        this.moves = moves;
    }

    /** From now on, other servers send players and rooms here, and rooms whose timers run out are opened. */
    static RealmLayer start(
            Parts parts,
            TavernConfig config,
            StoreLayer base,
            PlayLayer play,
            NetLayer net,
            ServerControl server,
            Heartbeats heartbeats,
            Clocks clocks,
            MeterRegistry metrics) {
        base.self().complete(net.self());
        Sessions sessions = play.sessions();
        RealmRooms rooms = new RealmRooms(
                config.nodeId(), sessions.rooms().here(), config.cluster().directoryRoomsMax());
        OwnReport report = new OwnReport(config, net.self(), base.games(), sessions, server, heartbeats, clocks);
        Directory directory = parts.opened(Directory.start(
                base.store().directory(),
                report,
                rooms,
                new LeastLoaded(config.cluster().placementMarginPermille()),
                clocks));
        sessions.share(rooms, directory);
        parts.opened(DueRooms.start(sessions.rooms(), play.rooms()));
        return new RealmLayer(
                play,
                clocks,
                directory,
                config.cluster().handoversPerSecond(),
                moves(config, base.store().movingRooms(), sessions, server, metrics));
    }

    private static @Nullable RoomMoves moves(
            TavernConfig config,
            @Nullable MovingRoomStore store,
            Sessions sessions,
            ServerControl server,
            MeterRegistry metrics) {
        if (store == null) {
            return null;
        }
        RoomMoves moves = new RoomMoves(
                sessions.rooms(), store, config.nodeId(), sessions::ask, () -> !server.isDraining(), metrics);
        sessions.answer(RoomMoves.QUESTION, moves::asked);
        return moves;
    }

    /** A new evacuation; null without other servers. Safe on any thread. */
    @Nullable
    Evacuation evacuation() {
        return moves == null
                ? null
                : new Evacuation(
                        play.sessions(),
                        moves,
                        successors,
                        handoversPerSecond,
                        clocks.monotonic(),
                        play.loops().threads().next());
    }

    /** As {@link ServerControl#moveRoom}. */
    CompletionStage<Boolean> moveRoom(RoomId id, Node to) {
        Room room = play.sessions().rooms().find(id);
        return moves == null || room == null ? CompletableFuture.completedFuture(false) : moves.move(room, to);
    }
}
