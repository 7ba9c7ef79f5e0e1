package tavern.server.session;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.Announcement;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.InventoryChanged;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.WhisperReceived;
import tavern.server.game.Action;
import tavern.server.game.Inventory;
import tavern.server.game.RoomId;
import tavern.server.room.Joining;
import tavern.server.room.Room;
import tavern.server.room.Wire;

/** What operators do to players who are here. Any thread; nothing blocks. */
public final class Moderation {
    /** No player can have this name, so nobody can speak for the operators. */
    public static final String OPERATORS_NAME = "*operators*";

    private final Sessions sessions;

    Moderation(Sessions sessions) {
        this.sessions = sessions;
    }

    /** Sessions of players whose name contains the text, in the order of their names. */
    public List<SessionView> find(String text, int max) {
        return sessions.present().stream()
                .filter(session -> session.player().name().contains(text))
                .sorted(Comparator.comparing(session -> session.player().name()))
                .limit(max)
                .map(Session::view)
                .toList();
    }

    /** The player's session; null: not here. */
    public @Nullable SessionView session(String player) {
        Session session = sessions.byName(player);
        return session == null ? null : session.view();
    }

    /** Ends the player's session; completes, with false when there was none, once the seat is given up. */
    public CompletionStage<Boolean> end(String player, ErrorCode code, String text) {
        Session session = sessions.byName(player);
        if (session == null) {
            return CompletableFuture.completedFuture(false);
        }
        Room room = session.room();
        sessions.end(session, code, text);
        return room == null
                ? CompletableFuture.completedFuture(true)
                : room.leave(session).thenApply(left -> true);
    }

    /** The store knows already; completes, with false when the player is not here, once the room knows too. */
    public CompletionStage<Boolean> mute(String player, long untilMillis) {
        Session session = sessions.byName(player);
        if (session == null) {
            return CompletableFuture.completedFuture(false);
        }
        session.mute(untilMillis);
        return inRoom(session, new Action.Muted(session.player().id(), untilMillis));
    }

    /** Likewise for goods that came from nowhere or went there. */
    public CompletionStage<Boolean> changeGoods(String player, Inventory inventory, String reason) {
        Session session = sessions.byName(player);
        if (session == null) {
            return CompletableFuture.completedFuture(false);
        }
        session.deliver(ServerMessage.newBuilder()
                .setInventoryChanged(InventoryChanged.newBuilder()
                        .setInventory(Wire.inventory(inventory))
                        .setReason(reason)));
        return inRoom(session, new Action.InventoryChanged(session.player().id(), inventory));
    }

    private static CompletionStage<Boolean> inRoom(Session session, Action action) {
        Room room = session.room();
        if (room == null) {
            return CompletableFuture.completedFuture(true);
        }
        room.act(action);
        // Behind the action, so that it is answered when that is done.
        return room.ask(done -> true);
    }

    /** @return false when the player is not here */
    public boolean whisper(String player, String text, long nowMillis) {
        Session session = sessions.byName(player);
        if (session == null) {
            return false;
        }
        session.deliver(ServerMessage.newBuilder()
                .setWhisper(WhisperReceived.newBuilder()
                        .setFrom(OPERATORS_NAME)
                        .setText(text)
                        .setAtMs(nowMillis)));
        return true;
    }

    /** To everybody. @return how many */
    public int announce(String text) {
        List<Session> all = sessions.present();
        all.forEach(session -> session.deliver(announcement(text).get()));
        return all.size();
    }

    /** To everybody in the room; completes with how many. */
    public CompletionStage<Integer> announce(Room room, String text) {
        return room.ask(there -> there.deliverAll(announcement(text)));
    }

    private static Supplier<ServerMessage.Builder> announcement(String text) {
        Announcement announcement = Announcement.newBuilder().setText(text).build();
        return () -> ServerMessage.newBuilder().setAnnouncement(announcement);
    }

    /** Into another room, which is opened if it is not; null: the player is not here. Fails as joins do. */
    public @Nullable CompletionStage<Joining> move(String player, RoomId room) {
        Session session = sessions.byName(player);
        return session == null ? null : sessions.joins().move(session, room);
    }
}
