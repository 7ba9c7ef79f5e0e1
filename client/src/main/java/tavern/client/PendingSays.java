package tavern.client;

import com.google.protobuf.MessageLite;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tavern.protocol.Protocol;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Custom;
import tavern.protocol.v1.Error;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;

/**
 * What the player says to the room's game, oldest first. Confined to the client's event loop.
 *
 * <pre>
 *   waiting ──► under way ──► answered
 *      │            │ connection lost: under way until the replay is over, then said again
 *      ▼            ▼
 *     held: the session is lost; said again, or failed, with the next join
 * </pre>
 *
 * P-82: the game takes a number that is not above the last one it carried out for a repeat. So only one is under way at a
 * time: with two, a repeat of the first could be taken for done when it was refused and the second was not.
 */
final class PendingSays {
    /** Sends on behalf of the queue. */
    interface Wire {
        /** Returns the message's seq, or 0 when there is no connection. */
        int send(ClientMessage.Builder message);

        void later(Runnable task, long millis);
    }

    private static final class Say {
        private final String room;
        private final Custom custom;
        private final CompletableFuture<Void> answer;
        private final long deadlineNanos;

        /** Of the last time it was sent; 0: not sent yet. */
        private int seq;

        /** Whether its answer comes with the replay, if it comes. */
        private boolean awaitsReplay;

        /** Whether it may have been carried out before it was sent the last time. */
        private boolean isRepeat;

        private Say(String room, Custom custom, CompletableFuture<Void> answer, long deadlineNanos) {
            this.room = room;
            this.custom = custom;
            this.answer = answer;
            this.deadlineNanos = deadlineNanos;
        }
    }

    private static final int RETRY_MILLIS_MIN = 50;

    private final int max;
    private final Wire wire;
    private final LongSupplier serverMillis;
    private final Deque<Say> waiting = new ArrayDeque<>();
    private final List<Say> held = new ArrayList<>();
    private @Nullable Say underWay;
    private long lastRequest;

    /** @param max how many may be pending */
    PendingSays(int max, Wire wire, LongSupplier serverMillis) {
        this.max = max;
        this.wire = wire;
        this.serverMillis = serverMillis;
    }

    boolean isEmpty() {
        return underWay == null && waiting.isEmpty() && held.isEmpty();
    }

    private int size() {
        return waiting.size() + held.size() + (underWay == null ? 0 : 1);
    }

    void say(String room, MessageLite message, CompletableFuture<Void> answer, long deadlineNanos) {
        if (size() >= max) {
            answer.completeExceptionally(
                    new IllegalStateException(max + " messages to the game are already waiting for answers"));
            return;
        }
        Custom custom = Custom.newBuilder()
                .setPayload(message.toByteString())
                .setRequest(nextRequest())
                .build();
        waiting.add(new Say(room, custom, answer, deadlineNanos));
        next();
    }

    /** P-82: microseconds of the server's date, so that the next session's numbers are above these. */
    private long nextRequest() {
        lastRequest = Math.max(lastRequest + 1, TimeUnit.MILLISECONDS.toMicros(serverMillis.getAsLong()));
        return lastRequest;
    }

    private void next() {
        if (underWay == null && held.isEmpty()) {
            underWay = waiting.poll();
            if (underWay != null) {
                send(underWay);
            }
        }
    }

    private void send(Say say) {
        int seq = wire.send(ClientMessage.newBuilder().setCustom(say.custom));
        if (seq != 0) {
            say.isRepeat |= say.awaitsReplay;
            say.awaitsReplay = false;
            say.seq = seq;
        }
    }

    /** Takes the message if it answers what is under way. @return whether it does */
    boolean answer(ServerMessage message) {
        Say say = underWay;
        if (say == null || say.seq == 0 || message.getReplyTo() != say.seq) {
            return false;
        }
        if (message.hasError() && Protocol.closesConnection(message.getError().getCode())) {
            return false;
        }
        if (!message.hasError()) {
            underWay = null;
            say.answer.complete(null);
            next();
        } else if (!say.isRepeat) {
            end(say, TavernException.of(message.getError()));
        } else {
            repeatRefused(say, message.getError());
        }
        return true;
    }

    /** The first try may have been carried out all the same, unless it was the game that refused the repeat. */
    private void repeatRefused(Say say, Error error) {
        if (isNotNow(error.getCode())) {
            wire.later(
                    () -> {
                        if (underWay == say) {
                            send(say);
                        }
                    },
                    Math.max(RETRY_MILLIS_MIN, error.getRetryAfterMs()));
        } else if (error.getCode() != ErrorCode.NOT_IN_ROOM && error.getCode() != ErrorCode.ROOM_CLOSED) {
            end(say, TavernException.of(error));
        }
    }

    private static boolean isNotNow(ErrorCode code) {
        return code.getNumber() / 100 == 6;
    }

    private void end(Say say, Exception why) {
        underWay = null;
        say.answer.completeExceptionally(why);
        next();
    }

    /** P-22: what the server has not received is sent again at once. */
    void resumed(int lastHeardSeq) {
        Say say = underWay;
        if (say == null) {
            next();
        } else if (say.seq == 0 || say.seq - lastHeardSeq > 0) {
            send(say);
        } else {
            say.awaitsReplay = true;
        }
    }

    /** P-23: all answers that there were have come. One that is missing was a refusal, or is still to come. */
    void replayed() {
        if (underWay != null && underWay.awaitsReplay) {
            send(underWay);
        }
    }

    /** The session or its room is lost, and nothing that was said in it will be answered. */
    void hold() {
        if (underWay != null) {
            underWay.isRepeat |= underWay.seq != 0;
            underWay.awaitsReplay = false;
            underWay.seq = 0;
            held.add(underWay);
            underWay = null;
        }
        held.addAll(waiting);
        waiting.clear();
    }

    /** The player is in a room. Says again there what is held of it, or lets it fail. */
    void joined(String room, boolean repeats) {
        List<Say> lost = new ArrayList<>(held);
        held.clear();
        if (repeats) {
            List<Say> again = lost.stream().filter(say -> say.room.equals(room)).toList();
            lost.removeAll(again);
            for (int i = again.size() - 1; i >= 0; i--) {
                waiting.addFirst(again.get(i));
            }
        }
        fail(lost, "the session was lost");
        next();
    }

    /** The player is in this room now, or in none (an empty name): what was said elsewhere will not be answered. */
    void moved(String room) {
        fail(take(say -> !say.room.equals(room)), "the player has left the room");
        next();
    }

    void expire(long nowNanos) {
        List<Say> late = take(say -> say.deadlineNanos - nowNanos <= 0);
        if (!late.isEmpty()) {
            fail(late, "it was not answered in time");
            next();
        }
    }

    void failAll(String why) {
        fail(take(say -> true), why);
    }

    private List<Say> take(Predicate<Say> which) {
        List<Say> taken = new ArrayList<>();
        if (underWay != null && which.test(underWay)) {
            taken.add(underWay);
            underWay = null;
        }
        for (Iterator<Say> all = waiting.iterator(); all.hasNext(); ) {
            Say say = all.next();
            if (which.test(say)) {
                all.remove();
                taken.add(say);
            }
        }
        held.removeIf(say -> which.test(say) && taken.add(say));
        return taken;
    }

    private static void fail(List<Say> says, String why) {
        for (Say say : says) {
            say.answer.completeExceptionally(new ConnectionLostException("what was said in " + say.room + ": " + why));
        }
    }
}
