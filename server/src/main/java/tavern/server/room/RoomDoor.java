package tavern.server.room;

import com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;
import tavern.game.Admission;
import tavern.game.RefusedException;
import tavern.protocol.v1.ErrorCode;
import tavern.server.game.Action;
import tavern.server.game.Position;
import tavern.server.store.PlayerRecord;

/** Handles members who enter the room, leave it, and return over another connection. */
@OnRoomThread
final class RoomDoor {
    private static final int SPECTATORS_A_PLAYER = 2;

    private final Room room;
    private final int capacity;
    private final Seats seats;
    private final Interest interest;
    private final EventLog events;
    private final RoomView view;
    private final WriteBehind writeBehind;
    private final GameHost game;
    private final RuleFailureLog failures;
    private final Seat.Mover mover;

    /** Who has heard of no later event may have missed that the room was shown anew. */
    private long shownAnewAfter = -1;

    RoomDoor(
            Room room,
            int capacity,
            Seats seats,
            Interest interest,
            EventLog events,
            RoomView view,
            WriteBehind writeBehind,
            GameHost game,
            RuleFailureLog failures,
            Seat.Mover mover) {
        this.room = room;
        this.capacity = capacity;
        this.seats = seats;
        this.interest = interest;
        this.events = events;
        this.view = view;
        this.writeBehind = writeBehind;
        this.game = game;
        this.failures = failures;
        this.mover = mover;
    }

    /** @param outlet null while the connection is lost @param moves where the connection puts the member's moves */
    Joining seat(RoomMember member, Arrival arrival, int replyTo, @Nullable Outlet outlet, MoveSlot moves) {
        Seat present = seats.get(member.player().id());
        if (present != null && present.member == member) {
            takeOver(present, outlet, moves, replyTo);
            return Joining.SEATED;
        }
        if (present != null) {
            unseat(present);
        }
        Admission.Whole as = admission(member, arrival.ticket(), replyTo);
        if (as == null) {
            return Joining.FAILED;
        }
        if (!hasSeatFor(as)) {
            return Joining.FULL;
        }
        Seat seat = new Seat(member, moves, room.movePace(), mover);
        seat.isSpectator = as == Admission.Whole.SPECTATOR;
        seats.add(seat);
        if (!seat.isSpectator && !room.admit(join(arrival), member, replyTo)) {
            seats.remove(seat);
            return Joining.FAILED;
        }
        // Events so far, including the newcomer's own arrival, are for the members who were here before.
        interest.flush();
        room.seatsChanged();
        seat.outlet = outlet;
        sendJoined(seat, replyTo);
        if (outlet != null) {
            interest.watch(seat, outlet);
        }
        if (!seat.isSpectator) {
            game.joined(seat, arrival.values());
            if (outlet == null) {
                drop(seat);
            }
        }
        return seats.of(member) == seat ? Joining.SEATED : Joining.ENDED;
    }

    private static Action.Join join(Arrival arrival) {
        PlayerRecord player = arrival.player();
        return new Action.Join(player.player(), player.inventory(), arrival.at(), player.mutedUntilMillis());
    }

    /** P-81: how a join would end now. @throws tavern.game.RefusedException when the game refuses */
    Joining admits(RoomMember member, ByteString ticket) {
        if (seats.of(member) != null) {
            return Joining.SEATED;
        }
        Admission.Whole as = admission(member, ticket, 0);
        if (as == null) {
            return Joining.FAILED;
        }
        return hasSeatFor(as) ? Joining.SEATED : Joining.FULL;
    }

    /** Null when the game failed, which is logged. */
    // A game may throw anything.
    @SuppressWarnings("IllegalCatch")
    private Admission.@Nullable Whole admission(RoomMember member, ByteString ticket, int seq) {
        Admission.Whole as;
        try {
            as = game.admit(member.player(), ticket);
        } catch (RefusedException e) {
            throw e;
        } catch (Throwable e) {
            failures.report(e, "an admission", member.action(seq));
            return null;
        }
        if (as == Admission.Whole.SPECTATOR && interest.cellSize() > 0) {
            throw new RefusedException(
                    ErrorCode.NOT_ALLOWED, "a room as large as " + room.id() + " has no place for spectators");
        }
        return as;
    }

    private boolean hasSeatFor(Admission.Whole as) {
        return as == Admission.Whole.SPECTATOR
                ? seats.spectators() < SPECTATORS_A_PLAYER * capacity
                : seats.players().size() < capacity;
    }

    /** A join of the room that the member is already in, perhaps over another connection. */
    private void takeOver(Seat seat, @Nullable Outlet outlet, MoveSlot moves, int replyTo) {
        takeLastMove(seat);
        seat.moves = moves;
        interest.flush();
        // Only a detach takes a connection away: a resume may have given the seat one that this join does not know of.
        Outlet now = outlet == null ? seat.outlet : outlet;
        Outlet before = seat.outlet;
        if (before != null && before != now) {
            interest.unwatch(seat, before);
        }
        seat.outlet = now;
        sendJoined(seat, replyTo);
        if (now != null && before != now) {
            interest.watch(seat, now);
        }
        if (now != null) {
            comeBack(seat);
        }
    }

    /** Sends {@code Joined} to everybody, as if they had just come. */
    void showAnew() {
        interest.flush();
        shownAnewAfter = events.lastSeq();
        seats.all().forEach(seat -> sendJoined(seat, 0));
    }

    Seat.Mover mover() {
        return mover;
    }

    long shownAnewAfter() {
        return shownAnewAfter;
    }

    /** Goes on with the {@link #shownAnewAfter} of another server. */
    void shownAnewAfter(long event) {
        shownAnewAfter = event;
    }

    private void sendJoined(Seat seat, int replyTo) {
        if (seat.outlet != null) {
            view.sendJoined(seat, seat.outlet, replyTo);
        }
    }

    void unseat(Seat seat) {
        if (seat.outlet != null) {
            interest.flush();
            interest.unwatch(seat, seat.outlet);
        }
        if (!seat.isSpectator) {
            writeBehind.position(seat.player(), view.place(seat));
            writeBehind.flushPositions();
            // The seat stays for as long as the rules have answers for it.
            room.apply(new Action.Leave(seat.player()), null, 0);
        }
        seats.remove(seat);
        seat.member.left(room);
        room.seatsChanged();
        if (!seat.isSpectator) {
            game.left(seat);
        }
    }

    /** Saves the places of those who have moved since the last save. */
    void savePlaces() {
        for (Seat seat : seats.players()) {
            Position place = view.place(seat);
            if (!place.equals(seat.saved)) {
                seat.saved = place;
                writeBehind.position(seat.player(), place);
            }
        }
        writeBehind.flushPositions();
    }

    void detach(RoomMember member, Outlet outlet) {
        Seat seat = seats.of(member);
        if (seat != null && seat.outlet == outlet) {
            seat.outlet = null;
            interest.unwatch(seat, outlet);
            if (!seat.isSpectator) {
                drop(seat);
            }
        }
    }

    private void drop(Seat seat) {
        seat.isDropped = true;
        game.dropped(seat);
    }

    /** The game hears only of those of whom it heard that they had dropped: who has moved with the room was never away. */
    private void comeBack(Seat seat) {
        if (seat.isDropped) {
            seat.isDropped = false;
            game.returned(seat);
        }
    }

    /**
     * The session of a player whose seat has come from another server is here: what the player has missed is told, and the
     * session resumes as one whose connection was lost.
     *
     * @param newest what the player has by now
     * @return whether a seat waits
     */
    boolean claim(RoomMember member, PlayerRecord newest) {
        Seat seat = seats.get(member.player().id());
        if (seat == null || !(seat.member instanceof AwaitedMember awaited)) {
            return false;
        }
        seat.member = member;
        awaited.arrived(member);
        if (!seat.isSpectator) {
            room.apply(new Action.InventoryRead(seat.player(), newest.inventory()), null, 0);
            room.apply(new Action.Muted(seat.player(), newest.mutedUntilMillis()), null, 0);
        }
        return true;
    }

    /** Nobody has come for the seat. */
    void giveUp(AwaitedMember awaited) {
        Seat seat = seats.of(awaited);
        if (seat != null) {
            unseat(seat);
        }
    }

    /**
     * Returns whether all events after this number can be replayed to the member. A member without a seat missed
     * nothing here.
     */
    boolean covers(RoomMember member, long lastSeq) {
        return seats.of(member) == null || events.covers(lastSeq);
    }

    /** P-20. @return whether the member is now in the room over the new connection */
    boolean resume(RoomMember member, Outlet outlet, MoveSlot moves, long lastSeq, Resumption resumption) {
        Seat seat = seats.of(member);
        if (seat == null) {
            resumption.refused(Resumption.Refusal.NO_SEAT);
            return false;
        }
        if (lastSeq >= 0 && !events.covers(lastSeq)) {
            resumption.refused(Resumption.Refusal.MISSED_TOO_MUCH);
            return false;
        }
        resumption.accepted();
        reattach(seat, outlet, moves, lastSeq);
        return true;
    }

    private void reattach(Seat seat, Outlet outlet, MoveSlot moves, long lastSeq) {
        Outlet before = seat.outlet;
        if (before != null) {
            interest.unwatch(seat, before);
        }
        takeLastMove(seat);
        interest.flush();
        seat.outlet = outlet;
        seat.moves = moves;
        if (lastSeq < 0) {
            sendJoined(seat, 0);
        } else {
            view.sendMissed(seat, outlet, events.after(lastSeq));
            if (lastSeq <= shownAnewAfter) {
                sendJoined(seat, 0);
            }
        }
        interest.watch(seat, outlet);
        comeBack(seat);
    }

    /** The last move over the old connection may have come after the last tick. */
    private void takeLastMove(Seat seat) {
        if (room.tenure().mayWrite()) {
            seat.takeLastMove();
        }
    }
}
