package tavern.server.store.redis;

import io.lettuce.core.protocol.CommandType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.game.RoomId;
import tavern.server.store.LeaseKey;

/**
 * The rooms by the time of their last use, and the removal of those that nobody uses. A realm of an earlier server has no
 * index: it is made first, by a search through the keys, where rooms count as used at that time.
 */
final class RoomIndex {
    private static final Logger log = LoggerFactory.getLogger(RoomIndex.class);

    /** Where a search through the index begins; also what is returned at its end. */
    static final String BEGIN = "";

    /** Which run of Redis has said where to continue, and what it said. */
    private static final Pattern CURSOR = Pattern.compile("([0-9a-f]{1,64})-([0-9]{1,20})");

    /** Keys looked at in one call. */
    private static final int SEARCHED = 500;

    private static final int ROOMS_AT_ONCE = 50;

    private static final String COMPLETE = "rooms-indexed";

    private final RedisExecutor calls;
    private final Keys keys;
    /**
     * Where the search continues. Callers that search at the same time may set it back, so that keys are looked at again,
     * but none are left out: each continues from a place that it or another one has reached.
     */
    private volatile Place place = new Place("0", "");

    /** @param run which run of Redis gave the cursor, which means nothing to another */
    private record Place(String cursor, String run) {}

    RoomIndex(RedisExecutor calls, Keys keys) {
        this.calls = calls;
        this.keys = keys;
    }

    /** By Redis' clock or the caller's, whichever is earlier. Returns whether there may be more to forget. */
    CompletionStage<Boolean> forget(long keptMillis, long nowMillis, int max) {
        ScriptArguments request = ScriptArguments.of(keys.rooms(), keys.meta(), keys.dueRooms())
                .add(Math.max(0, keptMillis))
                .add(nowMillis)
                .add(max)
                .add(keys.prefix());
        return calls.run(Script.FORGET_ROOMS, request, reply -> reply.number(0))
                .thenCompose(seen -> seen < 0 ? search() : CompletableFuture.completedFuture(seen == max));
    }

    /** Does something for every room, those of one page at the same time. */
    CompletionStage<Void> forEach(Function<RoomId, CompletionStage<?>> action) {
        return forEachFrom(BEGIN, action);
    }

    private CompletionStage<Void> forEachFrom(String cursor, Function<RoomId, CompletionStage<?>> action) {
        return some(cursor, action)
                .thenCompose(next ->
                        next.equals(BEGIN) ? CompletableFuture.completedFuture(null) : forEachFrom(next, action));
    }

    /**
     * Does something for the rooms of one page at the same time.
     *
     * @return where the next page begins; {@link #BEGIN} after the last one. Fails with {@link IllegalArgumentException}
     *     when there is no such place, or Redis was restarted since it was returned
     */
    CompletionStage<String> some(String cursor, Function<RoomId, CompletionStage<?>> action) {
        return isComplete()
                .thenCompose(done -> done ? page(cursor, action) : search().thenCompose(found -> some(cursor, action)));
    }

    private CompletionStage<String> page(String cursor, Function<RoomId, CompletionStage<?>> action) {
        Matcher from = CURSOR.matcher(cursor);
        boolean goesOn = from.matches();
        if (!goesOn && !cursor.equals(BEGIN)) {
            return CompletableFuture.failedFuture(new IllegalArgumentException("no search continues from " + cursor));
        }
        ScriptArguments request = ScriptArguments.of(keys.rooms())
                .add(goesOn ? from.group(2) : "0")
                .add(goesOn ? from.group(1) : "")
                .add(ROOMS_AT_ONCE);
        return calls.run(Script.ROOMS, request, reply -> {
                    if (reply.size() == 1) {
                        throw new IllegalArgumentException("Redis was restarted, or another one took over, since this"
                                + " search began, and it cannot go on there; begin again");
                    }
                    List<CompletableFuture<?>> under = new ArrayList<>();
                    for (int i = 2; i < reply.size(); i++) {
                        under.add(action.apply(new RoomId(reply.text(i))).toCompletableFuture());
                    }
                    String next = reply.text(1).equals("0") ? BEGIN : reply.text(0) + "-" + reply.text(1);
                    return CompletableFuture.allOf(under.toArray(CompletableFuture[]::new))
                            .thenApply(done -> next);
                })
                .thenCompose(next -> next);
    }

    /** Asked each time, because a fail-over may lose the newest part of the index. */
    private CompletionStage<Boolean> isComplete() {
        return calls.send(CommandType.HGET, ScriptArguments.of(keys.meta()).add(COMPLETE), reply -> !reply.isNull(0));
    }

    /** One step of the search; it begins again after a stop or on another run of Redis, which does no harm. */
    private CompletionStage<Boolean> search() {
        Place from = place;
        // No name of a realm has a character with a meaning in a pattern.
        ScriptArguments request = ScriptArguments.of(keys.rooms(), keys.meta())
                .add(from.cursor())
                .add(from.run())
                .add(keys.prefix() + "fence:" + LeaseKey.ROOM_PREFIX)
                .add(SEARCHED);
        return calls.run(Script.INDEX_ROOMS, request, reply -> {
            place = new Place(reply.text(0), reply.text(1));
            if (place.cursor().equals("0")) {
                log.info("the realm's rooms are indexed by their last use");
            }
            return true;
        });
    }
}
