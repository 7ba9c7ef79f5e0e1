package tavern.server.it;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tavern.game.RoomId;
import tavern.server.game.Action;
import tavern.server.game.Effects;
import tavern.server.game.Entity;
import tavern.server.game.RoomRules;
import tavern.server.services.FairTime;

/** Stands before the rules and measures for each room the longest time from one tick to the next. */
final class TickWatch {
    private final Map<RoomId, Watched> rooms = new ConcurrentHashMap<>();

    RoomRules.Factory over(RoomRules.Factory rules) {
        return room -> rooms.compute(room, (id, before) -> new Watched(rules.open(id)));
    }

    /** The longest pause of any room since the last call, including pauses that still go on. */
    Duration longestPause() {
        long nanos =
                rooms.values().stream().mapToLong(Watched::longestNanos).max().orElse(0);
        return Duration.ofNanos(nanos);
    }

    int rooms() {
        return rooms.size();
    }

    private static final class Watched implements RoomRules {
        private final RoomRules rules;
        private long longest;
        private long lastTick;
        private boolean ticks;

        Watched(RoomRules rules) {
            this.rules = rules;
        }

        synchronized long longestNanos() {
            long nanos = Math.max(longest, ticks ? FairTime.nanos() - lastTick : 0);
            longest = 0;
            return nanos;
        }

        /** An empty room does not tick, which does not count as a pause. */
        private synchronized void note(boolean isTick) {
            long now = FairTime.nanos();
            if (isTick && ticks) {
                longest = Math.max(longest, now - lastTick);
            }
            boolean mayRest = rules.entities().isEmpty() && !rules.isSettling();
            if (isTick || !ticks) {
                lastTick = now;
            }
            ticks = !mayRest;
        }

        @Override
        public void apply(Action action, long nowMillis, Effects effects) {
            rules.apply(action, nowMillis, effects);
            note(false);
        }

        @Override
        public void move(int entity, int seq, int x, int y, long nowMillis, Effects effects) {
            rules.move(entity, seq, x, y, nowMillis, effects);
        }

        @Override
        public void tick(long nowMillis, Effects effects) {
            note(true);
            rules.tick(nowMillis, effects);
        }

        @Override
        public List<Entity> entities() {
            return rules.entities();
        }

        @Override
        public boolean isSettling() {
            return rules.isSettling();
        }
    }
}
