package tavern.server.room;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tavern.game.Player;
import tavern.game.RoomId;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.server.cluster.Node;

/**
 * Keeps the seat of a player whose room has come from another server, until the player's session comes too. What the
 * player is to be told meanwhile waits here; if it is too much, the seat is given up.
 */
@OnRoomThread
final class AwaitedMember implements RoomMember {
    static final int WAITING_MAX = 256;

    private final Player player;
    private final long sinceMillis;
    private final Consumer<AwaitedMember> giveUp;
    private final List<Waiting> waiting = new ArrayList<>();

    /** Set once. */
    private @Nullable RoomMember arrived;

    private boolean isGivenUp;

    /** The session has come, or the seat is gone: read by {@link SeatInquiries}, on other threads. */
    private volatile boolean isOver;

    /** @param event null for what is not told but done */
    private record Waiting(ServerMessage.@Nullable Builder event, Consumer<RoomMember> delivery) {}

    /** @param giveUp called in the room's turn that asks for too much, at the most once */
    AwaitedMember(Player player, long sinceMillis, Consumer<AwaitedMember> giveUp) {
        this.player = player;
        this.sinceMillis = sinceMillis;
        this.giveUp = giveUp;
    }

    /** Since when the player is awaited, on the clock of the room. */
    long sinceMillis() {
        return sinceMillis;
    }

    /** Whether nobody waits any more. Safe on any thread. */
    boolean isOver() {
        return isOver;
    }

    /** Delivers all that has waited; all that comes later goes there too. */
    void arrived(RoomMember session) {
        arrived = session;
        isOver = true;
        waiting.forEach(each -> each.delivery().accept(session));
        waiting.clear();
    }

    /** The events that wait, encoded, to move on to another server. */
    List<ByteString> missed() {
        List<ByteString> events = new ArrayList<>();
        for (Waiting each : waiting) {
            ServerMessage.Builder event = each.event();
            if (event != null) {
                events.add(event.build().toByteString());
            }
        }
        return events;
    }

    /** Goes on with what has waited on another server. @throws IllegalArgumentException for what is no such event */
    void restore(List<ByteString> missed) {
        for (ByteString event : missed) {
            try {
                deliver(ServerMessage.parseFrom(event).toBuilder());
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalArgumentException("not an event of a player: " + e.getMessage(), e);
            }
        }
    }

    private void later(Waiting next) {
        if (arrived != null) {
            next.delivery().accept(arrived);
        } else if (waiting.size() < WAITING_MAX) {
            waiting.add(next);
        } else if (!isGivenUp) {
            isGivenUp = true;
            giveUp.accept(this);
        }
    }

    @Override
    public Player player() {
        return player;
    }

    @Override
    public String action(int seq) {
        return player.name() + "." + Integer.toUnsignedString(seq);
    }

    /** Nobody waits for an answer: all requests were answered before the room moved. */
    @Override
    public void answer(ServerMessage message) {
        if (arrived != null) {
            arrived.answer(message);
        }
    }

    @Override
    public void deliver(ServerMessage.Builder message) {
        later(new Waiting(message, member -> member.deliver(message)));
    }

    /** There is no connection to write to. */
    @Override
    public void behind(Runnable task) {}

    @Override
    public void expel(ErrorCode code, String text) {
        if (arrived == null) {
            giveUp.accept(this);
        }
    }

    @Override
    public void send(RoomId to, ByteString ticket) {
        later(new Waiting(null, member -> member.send(to, ticket)));
    }

    @Override
    public void said(Room room, String text) {}

    @Override
    public void left(Room room) {
        isOver = true;
    }

    /** Whoever is not here asks for nothing. */
    @Override
    public CompletionStage<Void> freeze() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void thaw() {}

    /** The session follows from where it is. */
    @Override
    public void moved(Room from, Node to) {
        isOver = true;
    }
}
