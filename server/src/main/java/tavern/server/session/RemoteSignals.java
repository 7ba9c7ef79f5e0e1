package tavern.server.session;

import com.google.protobuf.ByteString;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import tavern.game.RoomId;
import tavern.server.room.RemoteRooms;
import tavern.server.store.StoreUnavailableException;

/**
 * Signals between rooms of different servers, as questions to the server that has the room. A question may be lost, or
 * answered too late; then the sending room asks again, and the other one knows the signal by its number. Safe on any thread.
 */
final class RemoteSignals implements RemoteRooms {
    /** The first word of a question; sender, receiver, number, bytes. */
    static final String QUESTION = "signal";

    private static final int QUESTION_WORDS = 5;
    /** Of all rooms, under way to other servers. */
    private static final long BYTES_MAX = 1 << 20;

    private static final long RETRY_MILLIS = 1_000;

    private final Sessions sessions;
    private final AtomicLong underWay = new AtomicLong();

    RemoteSignals(Sessions sessions) {
        this.sessions = sessions;
    }

    @Override
    public CompletionStage<Boolean> signal(String node, RoomId from, RoomId to, long number, ByteString what) {
        int bytes = QUESTION.length() + from.name().length() + to.name().length() + what.size();
        if (underWay.addAndGet(bytes) > BYTES_MAX) {
            underWay.addAndGet(-bytes);
            return CompletableFuture.failedFuture(new StoreUnavailableException(
                    "signals of more than " + BYTES_MAX + " bytes are under way to other servers", RETRY_MILLIS));
        }
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(what.toByteArray());
        return sessions.realm()
                .ask(node, List.of(QUESTION, from.name(), to.name(), Long.toString(number), text))
                .whenComplete((isThere, failure) -> underWay.addAndGet(-bytes));
    }

    /** Another server has a signal for a room here. */
    CompletionStage<Boolean> asked(List<String> words) {
        if (words.size() != QUESTION_WORDS) {
            return CompletableFuture.completedFuture(false);
        }
        ByteString what = ByteString.copyFrom(Base64.getUrlDecoder().decode(words.get(4)));
        return sessions.rooms()
                .signalHere(new RoomId(words.get(1)), new RoomId(words.get(2)), Long.parseLong(words.get(3)), what);
    }
}
