package tavern.server.it;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import tavern.server.game.Action;
import tavern.server.game.Effects;
import tavern.server.game.Entity;
import tavern.server.game.RoomRules;

/** Stands before the rules and counts for each room how many ticks they are called at. */
final class TickCounter {
    private final Map<String, Counted> rooms = new ConcurrentHashMap<>();

    /** The name of a room whose rules never allow it to rest, like a game team's own rules that do not implement this. */
    static final String RESTLESS = "mill";

    RoomRules.Factory over(RoomRules.Factory rules) {
        return room -> rooms.compute(room.name(), (name, before) -> {
            RoomRules good = rules.open(room);
            return name.equals(RESTLESS) ? new Counted(good) : new Resting(good);
        });
    }

    /** The number of ticks of the room since it was opened. */
    int of(String room) {
        return counted(room).ticks.get();
    }

    /** The value of {@link #of} when the last move was made, before the tick that follows it. */
    int atLastMove(String room) {
        return counted(room).atLastMove.get();
    }

    private Counted counted(String room) {
        return Objects.requireNonNull(rooms.get(room), room);
    }

    private static class Counted implements RoomRules {
        final RoomRules good;
        final AtomicInteger ticks = new AtomicInteger();
        final AtomicInteger atLastMove = new AtomicInteger();

        Counted(RoomRules good) {
            this.good = good;
        }

        @Override
        public void apply(Action action, long nowMillis, Effects effects) {
            good.apply(action, nowMillis, effects);
        }

        @Override
        public void move(int entity, int seq, int x, int y, long nowMillis, Effects effects) {
            atLastMove.set(ticks.get());
            good.move(entity, seq, x, y, nowMillis, effects);
        }

        @Override
        public void tick(long nowMillis, Effects effects) {
            ticks.incrementAndGet();
            good.tick(nowMillis, effects);
        }

        @Override
        public List<Entity> entities() {
            return good.entities();
        }

        @Override
        public boolean isSettling() {
            return good.isSettling();
        }
    }

    private static final class Resting extends Counted {
        Resting(RoomRules good) {
            super(good);
        }

        @Override
        public long restsUntil(long nowMillis) {
            return good.restsUntil(nowMillis);
        }
    }
}
