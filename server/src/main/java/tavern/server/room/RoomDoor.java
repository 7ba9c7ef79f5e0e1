package tavern.server.room;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import tavern.game.Admission;
import tavern.game.RefusedException;
import tavern.protocol.v1.ErrorCode;
import tavern.server.game.Action;
import tavern.server.guard.ReplayLog;
import tavern.server.store.PlayerRecord;

/** Handles members who enter the room, leave it, and return over another connection. */
@OnRoomThread
final class RoomDoor {
    private static final int SPECTATORS_A_PLAYER = 2;

    private final Room room;
    private final int capacity;
    private final Seats seats;
    private final Interest interest;
    private final ReplayLog events;
    private final RoomView view;
    private final Tenure tenure;
    private final RoomActions actions;
    private final MoveIntake moveIntake;
    private final PlaceSaves places;
    private final GameHost game;
    private final RuleFailureLog failures;

    /** Those who have sat down, and have not been shown the room: nobody but other newcomers. */
    private final List<Newcomer> newcomers = new ArrayList<>();

    /** Who has heard of no later event may have missed that the room was shown anew. */
    private long shownAnewAfter = -1;

    private record Newcomer(
            Seat seat,
            Arrival arrival,
            int replyTo,
            @Nullable Outlet outlet,
            CompletableFuture<Joining> joining) {}

    RoomDoor(
            Room room,
            int capacity,
            Seats seats,
            Interest interest,
            ReplayLog events,
            RoomView view,
            Tenure tenure,
            RoomActions actions,
            MoveIntake moveIntake,
            PlaceSaves places,
            GameHost game,
            RuleFailureLog failures) {
        this.room = room;
        this.capacity = capacity;
        this.seats = seats;
        this.interest = interest;
        this.events = events;
        this.view = view;
        this.tenure = tenure;
        this.actions = actions;
        this.moveIntake = moveIntake;
        this.places = places;
        this.game = game;
        this.failures = failures;
    }

    /**
     * Gives somebody a seat, who is shown the room with the next {@link #showIn}.
     *
     * @param outlet null while the connection is lost
     * @param moves where the connection puts the member's moves
     * @param joining completes once {@code Joined} is sent, or when there is none
     */
    void seat(
            RoomMember member,
            Arrival arrival,
            int replyTo,
            @Nullable Outlet outlet,
            MoveSlot moves,
            CompletableFuture<Joining> joining) {
        try {
            Joining refused = sitDown(member, arrival, replyTo, outlet, moves, joining);
            if (refused != null) {
                joining.complete(refused);
            }
        } catch (RefusedException e) {
            joining.completeExceptionally(e);
        }
        if (game.admitsOneByOne()) {
            showIn();
        }
    }

    /** @return null for a newcomer who is to be shown in */
    private @Nullable Joining sitDown(
            RoomMember member,
            Arrival arrival,
            int replyTo,
            @Nullable Outlet outlet,
            MoveSlot moves,
            CompletableFuture<Joining> joining) {
        if (seats.get(member.player().id()) != null) {
            showIn();
        }
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
        Seat seat = moveIntake.seat(member, moves);
        seat.isSpectator = as == Admission.Whole.SPECTATOR;
        seats.add(seat);
        if (!seat.isSpectator && !actions.admit(join(arrival), member, replyTo)) {
            seats.remove(seat);
            return Joining.FAILED;
        }
        newcomers.add(new Newcomer(seat, arrival, replyTo, outlet, joining));
        return null;
    }

    /**
     * Sends {@code Joined} to those who have sat down since the last call. Everything but another join comes after this.
     *
     * @return whether there were any
     */
    boolean showIn() {
        if (newcomers.isEmpty()) {
            return false;
        }
        List<Newcomer> due = List.copyOf(newcomers);
        newcomers.clear();
        try {
            // Events so far, including the newcomers' own arrivals, are for the members who were here before.
            interest.flush();
            room.seatsChanged();
            due.forEach(this::show);
        } finally {
            due.forEach(newcomer -> newcomer.joining().complete(Joining.FAILED));
        }
        return true;
    }

    // Whatever is thrown for one of them, the others are shown in.
    @SuppressWarnings("IllegalCatch")
    private void show(Newcomer newcomer) {
        try {
            showIn(newcomer);
        } catch (Throwable e) {
            failures.report(e, "Joined", newcomer.seat().member.action(newcomer.replyTo()));
        }
    }

    private void showIn(Newcomer newcomer) {
        Seat seat = newcomer.seat();
        if (seats.of(seat.member) != seat) {
            newcomer.joining().complete(Joining.ENDED);
            return;
        }
        seat.outlet = newcomer.outlet();
        sendJoined(seat, newcomer.replyTo());
        if (seat.outlet != null) {
            interest.watch(seat, seat.outlet);
        }
        if (!seat.isSpectator) {
            game.joined(seat, newcomer.arrival().values());
            if (newcomer.outlet() == null) {
                drop(seat);
            }
        }
        newcomer.joining().complete(seats.of(seat.member) == seat ? Joining.SEATED : Joining.ENDED);
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
            places.saveLast(seat);
            // The seat stays for as long as the rules have answers for it.
            actions.apply(new Action.Leave(seat.player()), null, 0);
        }
        seats.remove(seat);
        seat.member.left(room);
        room.seatsChanged();
        if (!seat.isSpectator) {
            game.left(seat);
        }
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
            actions.apply(new Action.InventoryRead(seat.player(), newest.inventory()), null, 0);
            actions.apply(new Action.Muted(seat.player(), newest.mutedUntilMillis()), null, 0);
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
        if (tenure.mayWrite()) {
            seat.takeLastMove();
        }
    }
}
