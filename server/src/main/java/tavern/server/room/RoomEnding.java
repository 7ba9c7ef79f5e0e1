package tavern.server.room;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import tavern.server.cluster.Lease;
import tavern.server.cluster.Leases;
import tavern.server.game.RoomRules;
import tavern.server.guard.ReplayLog;

/** The ways in which a room ends: it closes while nobody needs it, it is shut down, or it is another server's. */
@OnRoomThread
final class RoomEnding {
    private static final long SETTLING_POLL_MILLIS = 10;

    private final Room room;
    private final Lease lease;
    private final Leases leases;
    private final EventExecutor executor;
    private final Mailbox mailbox;
    private final RoomLife life;
    private final Tenure tenure;
    private final Seats seats;
    private final RoomDoor door;
    private final PlaceSaves places;
    private final Interest interest;
    private final ReplayLog events;
    private final RoomRules rules;
    private final GameHost game;
    private final WriteBehind writeBehind;
    private final TradeStoreClient trades;

    RoomEnding(
            Room room,
            Lease lease,
            Leases leases,
            EventExecutor executor,
            Mailbox mailbox,
            RoomLife life,
            Tenure tenure,
            Seats seats,
            RoomDoor door,
            PlaceSaves places,
            Interest interest,
            ReplayLog events,
            RoomRules rules,
            GameHost game,
            WriteBehind writeBehind,
            TradeStoreClient trades) {
        this.room = room;
        this.lease = lease;
        this.leases = leases;
        this.executor = executor;
        this.mailbox = mailbox;
        this.life = life;
        this.tenure = tenure;
        this.seats = seats;
        this.door = door;
        this.places = places;
        this.interest = interest;
        this.events = events;
        this.rules = rules;
        this.game = game;
        this.writeBehind = writeBehind;
        this.trades = trades;
    }

    /** Trades under way and writes that are not possible just now are waited for. @return whether it has closed */
    boolean closeIfUnused() {
        boolean mayClose = life.isLive() && seats.size() == 0 && !rules.isSettling() && tenure.mayWrite();
        if (mayClose) {
            close();
        }
        return mayClose;
    }

    /** Closes the room, with whoever is in it. */
    void close() {
        if (!life.isOpen()) {
            return;
        }
        life.close();
        mailbox.close();
        awaitNobody();
        events.close();
        game.stop();
        if (tenure.isLost()) {
            life.end(); // no more writes follow
        }
        // Requests for the room meanwhile are answered that it is closing: a new owner's fence would refuse the writes
        // that are still to come.
        writeBehind.flush().whenComplete((nothing, failure) -> {
            writeBehind.discard();
            life.end();
            leases.release(lease);
        });
    }

    /**
     * Stops accepting requests, cancels open offers, waits for trades under way, and flushes pending writes; completes once
     * the room no longer exists. Safe on any thread.
     */
    CompletionStage<Void> shutDown() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        room.command(() -> {
            mailbox.close();
            life.close();
            places.save();
            // Everybody leaves at once, so nobody needs to see the others go.
            interest.flush();
            interest.clear();
            seats.all().forEach(door::unseat);
            events.close();
            finish(done);
        });
        return done.thenRun(life::end);
    }

    private void finish(CompletableFuture<Void> done) {
        if (rules.isSettling() && !tenure.isLost()) {
            executor.schedule(() -> room.command(() -> finish(done)), SETTLING_POLL_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            game.stop();
            writeBehind.flush().whenComplete((nothing, failure) -> {
                writeBehind.discard();
                leases.release(lease);
                done.complete(null);
            });
        }
    }

    /** The room is another server's: it ends here without a word, and nothing is written any more. */
    void vanish() {
        life.move();
        mailbox.close();
        awaitNobody();
        interest.clear();
        seats.all().forEach(seats::remove);
        events.close();
        game.stop();
        writeBehind.discard();
        trades.abandon();
        life.end();
        leases.release(lease);
    }

    /** Nobody need come for the seats that wait: there is no room. */
    private void awaitNobody() {
        for (Seat seat : seats.all()) {
            if (seat.member instanceof AwaitedMember awaited) {
                awaited.left(room);
            }
        }
    }
}
