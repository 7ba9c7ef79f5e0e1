package tavern.server.room;

import org.jspecify.annotations.Nullable;
import tavern.game.RoomId;
import tavern.protocol.v1.ErrorCode;
import tavern.server.game.Action;
import tavern.server.game.Effects;
import tavern.server.game.RoomRules;

/** Brings what members ask for, and what happens to them, to the rules. */
@OnRoomThread
final class RoomActions {
    private static final long RETRY_MILLIS = 1_000;

    private final RoomId id;
    private final RoomThread thread;
    private final RoomLife life;
    private final Tenure tenure;
    private final RoomTicks ticks;
    private final Seats seats;
    private final RoomRules rules;
    private final Effects effects;
    private final RuleFailureLog failures;

    RoomActions(
            RoomId id,
            RoomThread thread,
            RoomLife life,
            Tenure tenure,
            RoomTicks ticks,
            Seats seats,
            RoomRules rules,
            Effects effects,
            RuleFailureLog failures) {
        this.id = id;
        this.thread = thread;
        this.life = life;
        this.tenure = tenure;
        this.ticks = ticks;
        this.seats = seats;
        this.rules = rules;
        this.effects = effects;
        this.failures = failures;
    }

    /** Carries a request out, or answers why not. */
    void serve(RoomMember member, Action.ByPlayer request) {
        // Checked first, because it may close the room.
        boolean ours = tenure.isOurs();
        if (!life.isOpen()) {
            member.answer(Wire.error(request.seq(), ErrorCode.ROOM_CLOSED, "the room is closing", 0));
        } else if (!ours) {
            member.answer(Wire.error(request.seq(), ErrorCode.UNAVAILABLE, "the room is suspended", RETRY_MILLIS));
        } else {
            serve(member, seats.of(member), request);
        }
    }

    private void serve(RoomMember member, @Nullable Seat seat, Action.ByPlayer request) {
        if (seat == null) {
            member.answer(Wire.error(request.seq(), ErrorCode.NOT_IN_ROOM, "not in room " + id, 0));
        } else if (seat.isSpectator) {
            member.answer(Wire.error(request.seq(), ErrorCode.NOT_ALLOWED, "spectators only watch", 0));
        } else {
            apply(request, member, request.seq());
        }
    }

    /** @return whether the rules could apply it; the member, if there is one, is notified when they failed */
    // Rules may throw anything, and the room goes on.
    @SuppressWarnings("IllegalCatch")
    boolean apply(Action action, @Nullable RoomMember member, int seq) {
        thread.require();
        if (life.isMoved()) {
            return false; // another server does it
        }
        try {
            rules.apply(action, ticks.nowMillis(), effects);
            return true;
        } catch (Throwable e) {
            String doing = action.getClass().getSimpleName();
            if (member == null) {
                failures.report(e, doing, "");
            } else {
                member.answer(failures.answer(e, doing, member, seq));
            }
            return false;
        }
    }

    /** @return whether the rules let the member in; the caller notifies the member */
    // As above.
    @SuppressWarnings("IllegalCatch")
    boolean admit(Action.Join join, RoomMember member, int seq) {
        thread.require();
        try {
            rules.apply(join, ticks.nowMillis(), effects);
            return true;
        } catch (Throwable e) {
            failures.report(e, "Join", member.action(seq));
            return false;
        }
    }
}
