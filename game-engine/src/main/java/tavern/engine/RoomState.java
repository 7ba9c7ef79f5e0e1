package tavern.engine;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import org.jspecify.annotations.Nullable;
import tavern.engine.kept.KeptCall;
import tavern.engine.kept.KeptPlayer;
import tavern.engine.kept.KeptRequest;
import tavern.engine.kept.KeptRoom;
import tavern.engine.kept.KeptSender;
import tavern.engine.kept.KeptSignal;
import tavern.engine.kept.KeptTimer;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.RoomId;

/**
 * A room between two turns. Immutable.
 *
 * @param game the game's own state
 * @param kept what the store keeps of it. Its members are those who are present, after those whom an earlier life of the
 *     room has left behind
 */
record RoomState(MessageLite game, KeptRoom kept, Present present) {
    /** A room that is yet to be opened. */
    static RoomState unopened(long seed) {
        KeptRoom nothing = KeptRoom.newBuilder().setRandom(seed).build();
        return new RoomState(nothing, nothing, Present.NOBODY);
    }

    /** Returns the same with the state as another version of the game reads it. */
    RoomState readBy(GameCalls<?, ?, ?> other) throws InvalidProtocolBufferException {
        return new RoomState(other.parseState(game.toByteString()), kept, present);
    }

    static Player player(KeptPlayer kept) {
        return new Player(new PlayerId(kept.getId()), kept.getName());
    }

    /** Finds somebody who is present, or was left behind. */
    @Nullable
    Player member(PlayerId who) {
        for (KeptPlayer member : kept.getPresentList()) {
            if (member.getId() == who.value()) {
                return player(member);
            }
        }
        return null;
    }

    /** Returns 0 when none is remembered. */
    long newestRequest(PlayerId who) {
        for (KeptRequest request : kept.getRequestsList()) {
            if (request.getPlayer() == who.value()) {
                return request.getRequest();
            }
        }
        return 0;
    }

    /** Returns 0 when none is remembered. */
    long newestSignal(RoomId from) {
        for (KeptSender sender : kept.getSendersList()) {
            if (sender.getRoom().equals(from.name())) {
                return sender.getNumber();
            }
        }
        return 0;
    }

    boolean hasSent(long number) {
        for (KeptSignal signal : kept.getSignalsList()) {
            if (signal.getNumber() == number) {
                return true;
            }
        }
        return false;
    }

    /** Finds a call that is not answered. */
    @Nullable
    KeptCall call(long number) {
        for (KeptCall call : kept.getCallsList()) {
            if (call.getNumber() == number) {
                return call;
            }
        }
        return null;
    }

    @Nullable
    KeptTimer timer(String name) {
        for (KeptTimer timer : kept.getTimersList()) {
            if (timer.getName().equals(name)) {
                return timer;
            }
        }
        return null;
    }

    /** When the room has to be opened if it is not open then: after a crash also for those who were in it, to leave. */
    long dueMillis() {
        if (kept.getSignalsCount() > 0 || kept.getCallsCount() > 0) {
            return kept.getNowMs();
        }
        long due = kept.getPresentCount() == 0 ? Long.MAX_VALUE : kept.getNowMs() + EngineLimits.ABSENCE_MILLIS_MAX;
        for (KeptTimer timer : kept.getTimersList()) {
            due = Math.min(due, timer.getAtMs());
        }
        return due;
    }

    /** Of {@link #bytes}. */
    int size() {
        return kept.getSerializedSize();
    }

    ByteString bytes() {
        return kept.toByteString();
    }
}
