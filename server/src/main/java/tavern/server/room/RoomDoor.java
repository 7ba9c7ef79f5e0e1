package tavern.server.room;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tavern.server.game.Action;
import tavern.server.game.Position;
import tavern.server.store.PlayerRecord;

/** Who comes into a room, goes out of it, and comes back over another connection. */
@OnRoomThread
final class RoomDoor {
    private final Room room;
    private final int capacity;
    private final Seats seats;
    private final Interest interest;
    private final EventLog events;
    private final RoomView view;
    private final WriteBehind writeBehind;
    private final Seat.Mover mover;

    RoomDoor(
            Room room,
            int capacity,
            Seats seats,
            Interest interest,
            EventLog events,
            RoomView view,
            WriteBehind writeBehind,
            Seat.Mover mover) {
        this.room = room;
        this.capacity = capacity;
        this.seats = seats;
        this.interest = interest;
        this.events = events;
        this.view = view;
        this.writeBehind = writeBehind;
        this.mover = mover;
    }

    Joining seat(Member member, PlayerRecord player, @Nullable Position at, int replyTo) {
        Seat present = seats.get(member.player().id());
        if (present != null && present.member == member) {
            interest.flush();
            sendJoined(present, replyTo);
            return Joining.SEATED;
        }
        if (present != null) {
            unseat(present);
        }
        if (seats.size() >= capacity) {
            return Joining.FULL;
        }
        MoveSlot moves = new MoveSlot();
        Member.Presence presence = member.entered(room, moves);
        if (presence.ended()) {
            return Joining.ENDED;
        }
        Seat seat = new Seat(member, moves, mover);
        seats.add(seat);
        Action.Join join = new Action.Join(member.player(), player.inventory(), at, player.mutedUntilMillis());
        if (!room.admit(join, member, replyTo)) {
            seats.remove(seat);
            member.left(room);
            return Joining.FAILED;
        }
        // What happened so far, the newcomer's own coming included, is for those who were here before.
        interest.flush();
        room.seatsChanged();
        seat.outlet = presence.outlet();
        sendJoined(seat, replyTo);
        if (seat.outlet != null) {
            interest.watch(seat, seat.outlet);
        }
        return Joining.SEATED;
    }

    private void sendJoined(Seat seat, int replyTo) {
        if (seat.outlet != null) {
            view.send(seat, seat.outlet, List.of(), view.joined(seat, replyTo));
        }
    }

    void unseat(Seat seat) {
        if (seat.outlet != null) {
            interest.flush();
            interest.unwatch(seat, seat.outlet);
        }
        writeBehind.position(seat.player(), view.place(seat));
        writeBehind.flushPositions();
        // The seat is there for as long as the rules have answers for it.
        room.apply(new Action.Leave(seat.player()), null, 0);
        seats.remove(seat);
        seat.member.left(room);
        room.seatsChanged();
    }

    /** Of those who have moved since. */
    void savePlaces() {
        for (Seat seat : seats.all()) {
            Position place = view.place(seat);
            if (!place.equals(seat.saved)) {
                seat.saved = place;
                writeBehind.position(seat.player(), place);
            }
        }
        writeBehind.flush();
    }

    void detach(Member member, Outlet outlet) {
        Seat seat = seats.of(member);
        if (seat != null && seat.outlet == outlet) {
            seat.outlet = null;
            interest.unwatch(seat, outlet);
        }
    }

    /** P-20. @return whether the member is in the room over the new connection */
    boolean resume(Member member, Outlet outlet, MoveSlot moves, long lastSeq, Resumption resumption) {
        Seat seat = seats.of(member);
        if (seat == null || (lastSeq >= 0 && !events.covers(lastSeq))) {
            resumption.refused();
            return false;
        }
        if (!resumption.welcome()) {
            return false;
        }
        reattach(seat, outlet, moves, lastSeq);
        return true;
    }

    private void reattach(Seat seat, Outlet outlet, MoveSlot moves, long lastSeq) {
        if (seat.outlet != null) {
            interest.unwatch(seat, seat.outlet);
        }
        // The last move over the old connection may have come after the last tick.
        if (room.tenure().mayWrite()) {
            seat.takeMove();
        }
        interest.flush();
        seat.outlet = outlet;
        seat.moves = moves;
        if (lastSeq < 0) {
            sendJoined(seat, 0);
        } else {
            view.send(seat, outlet, events.after(lastSeq), view.fullState(seat));
        }
        interest.watch(seat, outlet);
    }
}
