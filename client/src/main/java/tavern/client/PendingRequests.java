package tavern.client;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ServerMessage;

/** Requests that wait for their answers, by seq, oldest first. Confined to the client's event loop. */
final class PendingRequests {
    record Pending(ClientMessage.Builder message, CompletableFuture<ServerMessage> answer, long deadlineNanos) {
        void answeredBy(ServerMessage message) {
            if (message.hasRedirect()) {
                answer.completeExceptionally(new RedirectException(message.getRedirect()));
            } else {
                answer.complete(message);
            }
        }

        /** P-21: numbered answers are replayed on a resume; all others are lost. */
        boolean answerIsReplayed() {
            return switch (message.getBodyCase()) {
                case CHAT, WHISPER, TRADE_OFFER, TRADE_ACCEPT, TRADE_DECLINE, TRADE_CANCEL -> true;
                default -> false;
            };
        }
    }

    private static boolean mayBeAskedAgain(Pending pending) {
        return switch (pending.message.getBodyCase()) {
            case JOIN_ROOM, LIST_ROOMS, GET_INVENTORY, GET_LEADERBOARD, PING -> true;
            default -> false;
        };
    }

    private final int max;
    private final Map<Integer, Pending> bySeq = new LinkedHashMap<>();

    PendingRequests(int max) {
        this.max = max;
    }

    boolean isEmpty() {
        return bySeq.isEmpty();
    }

    boolean isFull() {
        return bySeq.size() >= max;
    }

    void add(int seq, Pending pending) {
        bySeq.put(seq, pending);
    }

    @Nullable
    Pending take(int seq) {
        return bySeq.remove(seq);
    }

    void expire(long nowNanos) {
        List<Pending> late = new ArrayList<>();
        for (Iterator<Pending> all = bySeq.values().iterator(); all.hasNext(); ) {
            Pending pending = all.next();
            if (pending.deadlineNanos - nowNanos <= 0) {
                all.remove();
                late.add(pending);
            }
        }
        fail(late, "the request timed out");
    }

    void failAll(String why) {
        List<Pending> all = new ArrayList<>(bySeq.values());
        bySeq.clear();
        fail(all, why);
    }

    /**
     * Sorts the requests after a resume: those that the server received but whose answer is lost fail. When it was the client
     * that closed the connection, to go to another server, those that change nothing are asked again there.
     *
     * @return the requests to be sent again, among them all that the server never received
     */
    List<Pending> resume(int lastHeardSeq, boolean hasMoved) {
        List<Pending> unheard = new ArrayList<>();
        List<Pending> lost = new ArrayList<>();
        bySeq.entrySet().removeIf(entry -> {
            // P-10: numbers wrap around, so "after" is the sign of the difference.
            boolean heard = entry.getKey() - lastHeardSeq <= 0;
            if (!heard || (hasMoved && mayBeAskedAgain(entry.getValue()))) {
                unheard.add(entry.getValue());
            } else if (!entry.getValue().answerIsReplayed()) {
                lost.add(entry.getValue());
            } else {
                return false;
            }
            return true;
        });
        fail(lost, "the answer was lost with the connection");
        return unheard;
    }

    // Futures complete last, because their callbacks may send new requests.
    private static void fail(List<Pending> pending, String why) {
        for (Pending each : pending) {
            each.answer.completeExceptionally(new ConnectionLostException(each.message.getBodyCase() + ": " + why));
        }
    }
}
