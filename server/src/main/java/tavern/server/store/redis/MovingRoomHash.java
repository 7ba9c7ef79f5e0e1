package tavern.server.store.redis;

import io.lettuce.core.protocol.CommandType;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import tavern.game.RoomId;
import tavern.server.store.LeaseKey;
import tavern.server.store.MovingRoomStore;

/** Each room that is offered, as a hash that expires: the fence of its server, the other server, and the room. */
final class MovingRoomHash implements MovingRoomStore {
    private final RedisExecutor calls;
    private final Keys keys;

    MovingRoomHash(RedisExecutor calls, Keys keys) {
        this.calls = calls;
        this.keys = keys;
    }

    @Override
    public CompletionStage<Boolean> offer(RoomId room, long fence, String to, byte[] state, long ttlMillis) {
        ScriptArguments request = ScriptArguments.of(keys.fence(room), keys.moving(room))
                .add(fence)
                .add(EncodedWord.of(to))
                .add(state)
                .add(ttlMillis);
        return calls.run(Script.MOVING_OFFER, request, reply -> reply.number(0) == 1);
    }

    @Override
    public CompletionStage<Optional<byte[]>> offered(RoomId room, String to) {
        ScriptArguments request =
                ScriptArguments.of(keys.moving(room)).add("to").add("room");
        return calls.send(
                CommandType.HMGET,
                request,
                reply -> reply.isNull(0)
                                || reply.isNull(1)
                                || !EncodedWord.decode(reply.text(0)).equals(to)
                        ? Optional.empty()
                        : Optional.of(reply.bytes(1)));
    }

    @Override
    public CompletionStage<Optional<Long>> take(RoomId room, String to, String holder, long ttlMillis) {
        LeaseKey lease = LeaseKey.room(room);
        ScriptArguments request = ScriptArguments.of(
                        keys.lease(lease), keys.fence(lease), keys.rooms(), keys.meta(), keys.moving(room))
                .add(holder)
                .add(ttlMillis)
                .add(room.name())
                .add(EncodedWord.of(to));
        return calls.run(
                Script.MOVING_TAKE,
                request,
                reply -> reply.number(0) == 1 ? Optional.of(reply.number(1)) : Optional.empty());
    }

    @Override
    public CompletionStage<Optional<String>> withdraw(RoomId room, long fence) {
        LeaseKey lease = LeaseKey.room(room);
        ScriptArguments request = ScriptArguments.of(keys.lease(lease), keys.fence(lease), keys.moving(room))
                .add(fence);
        return calls.run(
                Script.MOVING_WITHDRAW,
                request,
                reply -> reply.number(0) == 1 ? Optional.empty() : Optional.of(reply.text(1)));
    }
}
