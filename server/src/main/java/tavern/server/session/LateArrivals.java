package tavern.server.session;

import com.google.protobuf.InvalidProtocolBufferException;
import io.netty.util.concurrent.EventExecutor;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.ServerMessage;

/**
 * P-115: takes what another server was told for a session that has come here, each message once: a repetition has a number
 * that is not new. When the session has gone on to a third server by then, the message follows it there; when it has ended
 * otherwise, the other server hears that it is not known any more. Safe on any thread, except where stated otherwise.
 */
final class LateArrivals {
    /** Longer than the other server tries. */
    private static final long KNOWN_MILLIS = 360_000;

    private static final CompletionStage<Boolean> UNKNOWN = CompletableFuture.completedFuture(false);

    /** A session that has come by a hand-over. Confined to the lane. */
    private static final class Arrived {
        final EventExecutor lane;

        /** Null once it has ended here, and has not gone on. */
        @Nullable
        BiConsumer<LateMessages.Kind, ServerMessage> session;

        /** The number of the newest message that was taken. */
        long taken;

        Arrived(EventExecutor lane, BiConsumer<LateMessages.Kind, ServerMessage> session) {
            this.lane = lane;
            this.session = session;
        }

        /** @return false when there is no session any more */
        boolean take(long number, LateMessages.Kind kind, ServerMessage message) {
            BiConsumer<LateMessages.Kind, ServerMessage> told = session;
            if (told == null) {
                return false;
            }
            if (number > taken) {
                taken = number;
                told.accept(kind, message);
            }
            return true;
        }
    }

    /** As many as sessions are here, at the most. */
    private final ConcurrentMap<String, Arrived> here = new ConcurrentHashMap<>();

    /** Those that have gone on to a third server, the oldest first. */
    private final Map<String, Arrived> wentOn;

    /** @param wentOnMax of the sessions that have gone on, so many are known; then the oldest are forgotten */
    LateArrivals(int wentOnMax) {
        this.wentOn = Collections.synchronizedMap(new LinkedHashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Arrived> eldest) {
                return size() > wentOnMax;
            }
        });
    }

    /**
     * A session has come by this hand-over, and is here, until {@link #ended}.
     *
     * @param session is told each message once, in its lane
     */
    void arrived(String handover, EventExecutor lane, BiConsumer<LateMessages.Kind, ServerMessage> session) {
        here.put(handover, new Arrived(lane, session));
    }

    /**
     * The session that came by this hand-over has ended here. In its lane.
     *
     * @param next what follows it to a third server; null when it has not gone on
     */
    void ended(String handover, @Nullable LateMessages next) {
        Arrived arrived = here.get(handover);
        if (arrived == null) {
            return;
        }
        if (next == null) {
            arrived.session = null;
        } else {
            arrived.session = next::passOn;
            wentOn.put(handover, arrived);
            arrived.lane.schedule(() -> wentOn.remove(handover), KNOWN_MILLIS, TimeUnit.MILLISECONDS);
        }
        here.remove(handover); // last, so that it is never unknown in between
    }

    private @Nullable Arrived find(String handover) {
        Arrived arrived = here.get(handover);
        return arrived != null ? arrived : wentOn.get(handover);
    }

    /** How many are known. */
    int size() {
        return here.size() + wentOn.size();
    }

    /**
     * Another server brings a message.
     *
     * @return whether it need not bring it again; false while the session is not here yet, and when it has ended
     */
    CompletionStage<Boolean> brought(List<String> words) {
        Arrived arrived = words.size() == LateMessages.QUESTION_WORDS ? find(words.get(1)) : null;
        if (arrived == null) {
            return UNKNOWN;
        }
        long number = Long.parseLong(words.get(2));
        LateMessages.Kind kind = LateMessages.Kind.valueOf(words.get(3));
        ServerMessage message = message(words.get(4));
        return CompletableFuture.supplyAsync(() -> arrived.take(number, kind, message), arrived.lane);
    }

    private static ServerMessage message(String word) {
        try {
            return ServerMessage.parseFrom(Base64.getUrlDecoder().decode(word));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("not a message for a client", e);
        }
    }
}
