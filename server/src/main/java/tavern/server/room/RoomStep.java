package tavern.server.room;

import tavern.server.game.Effects;
import tavern.server.game.RoomRules;
import tavern.server.guard.ReplayLog;

/** What a room does in a tick: moves, rules, one snapshot to all, and places to the store from time to time. */
@OnRoomThread
final class RoomStep {
    private final Tenure tenure;
    private final RoomTime time;
    private final RoomPulse pulse;
    private final RuleFailureLog failures;
    private final Seats seats;
    private final Interest interest;
    private final ReplayLog events;
    private final RoomRules rules;
    private final Effects effects;
    private final TradeStoreClient trades;
    private final MoveIntake moves;
    private final PlaceSaves places;

    RoomStep(
            Tenure tenure,
            RoomTime time,
            RoomPulse pulse,
            RuleFailureLog failures,
            Seats seats,
            Interest interest,
            ReplayLog events,
            RoomRules rules,
            Effects effects,
            TradeStoreClient trades,
            MoveIntake moves,
            PlaceSaves places) {
        this.tenure = tenure;
        this.time = time;
        this.pulse = pulse;
        this.failures = failures;
        this.seats = seats;
        this.interest = interest;
        this.events = events;
        this.rules = rules;
        this.effects = effects;
        this.trades = trades;
        this.moves = moves;
        this.places = places;
    }

    /** @return the time at which a tick next has something to do, if nothing happens until then; 0 for the next one */
    long take(int tick, long nowMillis, SendBatch batch) {
        time.tick(rules, nowMillis);
        trades.sweep(nowMillis);
        if (!tenure.isOurs()) {
            seats.all().forEach(Seat::dropMove);
            return 0;
        }
        if (seats.size() > 0 || rules.isSettling() || rules.runsEmpty()) {
            pulse.tick(() -> step(tick, nowMillis, batch));
            return restsUntil(nowMillis);
        }
        return trades.dueMillis();
    }

    /** Applies moves and rules, and sends one snapshot to all. */
    private void step(int tick, long nowMillis, SendBatch batch) {
        moves.take();
        failures.guard(() -> rules.tick(nowMillis, effects), "a tick of the rules");
        interest.tick(tick, batch);
        places.saveIfDue(nowMillis);
    }

    private long restsUntil(long nowMillis) {
        long nextMillis = Math.min(places.nextMillis(), events.forgetOld(nowMillis));
        return Math.min(Math.min(nextMillis, trades.dueMillis()), rules.restsUntil(nowMillis));
    }

    /**
     * Checks, in each tick, for the changes that others make without a turn of the mailbox (which would end the rest):
     * no move, nobody behind, and the lease unchanged.
     */
    boolean isUndisturbed() {
        boolean isQuiet = seats.size() == 0 || (!moves.isWaiting() && interest.isAtRest());
        return isQuiet && tenure.mayWrite();
    }
}
