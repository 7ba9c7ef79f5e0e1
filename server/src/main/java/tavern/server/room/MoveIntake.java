package tavern.server.room;

import tavern.server.game.RoomRules;

/** Takes the members' newest moves to the rules. */
@OnRoomThread
final class MoveIntake implements Seat.Mover {
    private final Room room;
    private final Seats seats;
    private final RoomRules rules;
    private final RoomEffects effects;
    private final RuleFailureLog failures;
    private final double movesPerSecond;
    private final DirtyFlag dirty = new DirtyFlag();

    MoveIntake(
            Room room,
            Seats seats,
            RoomRules rules,
            RoomEffects effects,
            RuleFailureLog failures,
            double movesPerSecond) {
        this.room = room;
        this.seats = seats;
        this.rules = rules;
        this.effects = effects;
        this.failures = failures;
        this.movesPerSecond = movesPerSecond;
    }

    /** Safe on any thread. */
    MoveSlot slot() {
        return new MoveSlot(dirty);
    }

    /** A seat whose member may not move more often than all may. @param slot where the member's moves are put */
    Seat seat(RoomMember member, MoveSlot slot) {
        return new Seat(member, slot, new TokenBucket(movesPerSecond, room.nowMillis()), this);
    }

    boolean isWaiting() {
        return dirty.isSet();
    }

    /** P-60: a move that comes too soon is not dropped; the room tries it again at the next tick. */
    void take() {
        if (!dirty.take()) {
            return;
        }
        boolean allTaken = true;
        for (Seat seat : seats.all()) {
            allTaken &= seat.takeMove(room.nowMillis());
        }
        if (!allTaken) {
            dirty.set();
        }
    }

    // The hottest path catches by itself, so that one member's move costs nobody else's.
    @SuppressWarnings("IllegalCatch")
    @Override
    public void move(Seat seat, int seq, int x, int y) {
        try {
            rules.move(seat.entity, seq, x, y, room.nowMillis(), effects);
        } catch (Throwable e) {
            seat.member.answer(failures.answer(e, "a move", seat.member, seq));
        }
    }
}
