package tavern.server.room;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import tavern.engine.Output;
import tavern.game.Reply;

/** The calls of a room's game that are not answered. Their number is bounded by the engine ({@link tavern.engine.EngineLimits#CALLS_MAX}). */
@OnRoomThread
final class CallPost {
    private final Room room;
    private final ServiceCalls services;
    private final Answers answers;
    private final Map<Long, CompletableFuture<Reply>> underWay = new LinkedHashMap<>();

    /** Takes what came of a call. */
    @FunctionalInterface
    interface Answers {
        void answered(long number, Reply reply);
    }

    CallPost(Room room, ServiceCalls services, Answers answers) {
        this.room = room;
        this.services = services;
        this.answers = answers;
    }

    boolean isEmpty() {
        return underWay.isEmpty();
    }

    void add(Output.Call call) {
        CompletableFuture<Reply> reply =
                services.call(new ServiceCall(room.id(), call.number(), call.service(), call.call(), call.request()));
        underWay.put(call.number(), reply);
        reply.thenAccept(came -> room.command(() -> take(call.number(), came)));
    }

    private void take(long number, Reply reply) {
        if (underWay.remove(number) != null) {
            answers.answered(number, reply);
        }
    }

    /** Nothing is tried any more, and no reply counts: the room's next life makes the calls again. */
    void stop() {
        underWay.values().forEach(reply -> reply.cancel(false));
        underWay.clear();
    }
}
