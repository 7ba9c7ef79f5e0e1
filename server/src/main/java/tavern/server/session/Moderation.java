package tavern.server.session;

import com.google.protobuf.ByteString;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tavern.game.RoomId;
import tavern.protocol.v1.Announcement;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.server.game.Action;
import tavern.server.game.GoodsChange;
import tavern.server.room.Joining;
import tavern.server.room.Room;
import tavern.server.room.Wire;

/** The operators' commands on players who are present. Safe on any thread; never blocks. */
public final class Moderation {
    /** No player can have this name, so nobody can speak for the operators. */
    public static final String OPERATORS_NAME = "*operators*";

    /** The first word of another server's order to end a player's session; player, code, text. */
    static final String QUESTION = "end";

    private static final int QUESTION_WORDS = 4;
    private static final CompletionStage<Boolean> HERE = CompletableFuture.completedFuture(true);

    private final Sessions sessions;

    Moderation(Sessions sessions) {
        this.sessions = sessions;
    }

    /** Whether the realm has other servers, whose players {@link #end} and {@link #whisper} reach too. */
    public boolean reachesOtherServers() {
        return !sessions.realm().isAlone();
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

    /** The player's session, or null when not present. */
    public @Nullable SessionView session(String player) {
        Session session = sessions.byName(player);
        return session == null ? null : session.view();
    }

    /**
     * Ends the player's session, on whatever server of the realm; completes once the seat is given up, with false when there
     * was no session. Fails when another server that has the player does not answer.
     */
    public CompletionStage<Boolean> end(String player, ErrorCode code, String text) {
        return endHere(player, code, text)
                .thenCompose(done ->
                        done ? HERE : sessions.askElsewhere(player, List.of(QUESTION, player, code.name(), text)));
    }

    /** Another server's operators end a session. */
    CompletionStage<Boolean> asked(List<String> words) {
        return words.size() == QUESTION_WORDS
                ? endHere(words.get(1), ErrorCode.valueOf(words.get(2)), words.get(3))
                : CompletableFuture.completedFuture(false);
    }

    private CompletionStage<Boolean> endHere(String player, ErrorCode code, String text) {
        return inLane(player, session -> {
            Room room = session.room();
            sessions.endInLane(session, code, text);
            // Queued behind the leave that ends the session.
            return room == null ? HERE : room.members().leave(session).thenApply(left -> true);
        });
    }

    /**
     * Applies a mute that the store already has; completes once the room has it too, with false when the player is not
     * present.
     */
    public CompletionStage<Boolean> mute(String player, long untilMillis) {
        return inLane(player, session -> {
            session.mute(untilMillis);
            return inRoom(session, new Action.Muted(session.player().id(), untilMillis));
        });
    }

    /** As {@link #mute}, for goods that were granted or taken away. */
    public CompletionStage<Boolean> changeGoods(String player, GoodsChange change, String reason) {
        return inLane(player, session -> {
            session.number(Wire.goodsChanged(change, reason));
            return inRoom(session, new Action.GoodsChanged(session.player().id(), change));
        });
    }

    private CompletionStage<Boolean> inLane(String player, Function<Session, CompletionStage<Boolean>> order) {
        Session session = sessions.byName(player);
        return session == null
                ? CompletableFuture.completedFuture(false)
                // Who is just going to another server may stay after all.
                : session.askLane(() -> session.departure()
                        .decided()
                        .thenCompose(decided ->
                                session.isEnded() ? CompletableFuture.completedFuture(false) : order.apply(session)));
    }

    private static CompletionStage<Boolean> inRoom(Session session, Action action) {
        Room room = session.room();
        if (room == null) {
            return HERE;
        }
        room.act(action);
        // Queued behind the action, so that it is answered when that is done.
        return room.ask(done -> true);
    }

    /**
     * Tells the player, on whatever server of the realm; completes with false when the player is on none. Fails when another
     * server that has the player does not answer.
     */
    public CompletionStage<Boolean> whisper(String player, String text, long nowMillis) {
        return sessions.whispers().tell(OPERATORS_NAME, player, text, nowMillis);
    }

    /** Sends a message to everybody. @return the number of recipients */
    public int announce(String text) {
        List<Session> all = sessions.present();
        all.forEach(session -> session.deliver(announcement(text).get()));
        return all.size();
    }

    /** Sends a message to everybody in the room; completes with the number of recipients. */
    public CompletionStage<Integer> announce(Room room, String text) {
        return room.ask(there -> there.deliverAll(announcement(text)));
    }

    private static Supplier<ServerMessage.Builder> announcement(String text) {
        Announcement announcement = Announcement.newBuilder().setText(text).build();
        return () -> ServerMessage.newBuilder().setAnnouncement(announcement);
    }

    /**
     * Moves the player into another room, which is opened if necessary; null when the player is not present. Fails as
     * joins do.
     */
    public @Nullable CompletionStage<Joining> move(String player, RoomId room) {
        Session session = sessions.byName(player);
        return session == null ? null : session.askLane(() -> sessions.joins().move(session, room, ByteString.EMPTY));
    }
}
