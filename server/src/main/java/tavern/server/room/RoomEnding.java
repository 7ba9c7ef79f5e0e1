package tavern.server.room;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
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

    /**
     * So long after the beginning of a shut-down, writes that fail are begun again: at a stop, rooms have two seconds at the
     * least, and the last attempt needs some of them.
     */
    private static final long SHUT_DOWN_WRITES_MILLIS = 1_500;

    /** The same for a room that nobody is in. Whoever wants to come in waits about as long for it to be gone. */
    private static final long CLOSING_WRITES_MILLIS = 4_000;

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
        writeAll(writesUntil(CLOSING_WRITES_MILLIS), () -> {
            life.end();
            leases.release(lease);
        });
    }

    private Future<?> writesUntil(long millis) {
        return executor.schedule(() -> {}, millis, TimeUnit.MILLISECONDS);
    }

    /** @param limit ends when nothing is to be tried again */
    private void writeAll(Future<?> limit, Runnable then) {
        writeBehind.finish(limit::isDone).whenComplete((nothing, failure) -> {
            limit.cancel(false);
            then.run();
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
            finish(done, writesUntil(SHUT_DOWN_WRITES_MILLIS));
        });
        return done.thenRun(life::end);
    }

    private void finish(CompletableFuture<Void> done, Future<?> writesLimit) {
        if (rules.isSettling() && !tenure.isLost()) {
            executor.schedule(
                    () -> room.command(() -> finish(done, writesLimit)), SETTLING_POLL_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            game.stop();
            writeAll(writesLimit, () -> {
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
