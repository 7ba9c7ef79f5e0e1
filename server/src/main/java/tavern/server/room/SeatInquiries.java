package tavern.server.room;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.game.PlayerId;
import tavern.game.RoomId;

/**
 * Keeps the seats of players who have not come with their room (P-108) for as long as their sessions can come: every now and then
 * the server that has the session is asked. A seat whose session has ended, or has gone another way, is given up then, and so is
 * one for which nobody has come for very long. Safe on any thread.
 */
final class SeatInquiries {
    private static final Logger log = LoggerFactory.getLogger(SeatInquiries.class);

    private final RoomId room;
    private final Consumer<AwaitedMember> giveUp;
    private final EventExecutor executor;
    private final PlayerDirectory directory;

    /** @param giveUp called on any thread */
    SeatInquiries(RoomId room, Consumer<AwaitedMember> giveUp, EventExecutor executor, PlayerDirectory directory) {
        this.room = room;
        this.giveUp = giveUp;
        this.executor = executor;
        this.directory = directory;
    }

    /**
     * Keeps a seat.
     *
     * @param askMillis after about which the other server is asked, and then again
     * @param keptMillis after which the seat is given up, whatever the answer
     */
    void keep(AwaitedMember member, long askMillis, long keptMillis) {
        Future<?> end = executor.schedule(
                () -> giveUp(member, "nobody has come for too long"), keptMillis, TimeUnit.MILLISECONDS);
        askLater(member, spread(askMillis, member.player().id()), end);
    }

    /**
     * All seats of a room begin to wait at once, and their questions must not all be asked at once.
     *
     * @return from 70 % to 130 % of it, for each player another time
     */
    static long spread(long millis, PlayerId player) {
        // Multiples of the golden ratio spread evenly over the numbers of 32 bits.
        long share = (player.value() * 0x9E3779B97F4A7C15L) >>> 32;
        long spread = millis * 6 / 10;
        return millis * 7 / 10 + ((spread * share) >>> 32);
    }

    private void askLater(AwaitedMember member, long millis, Future<?> end) {
        executor.schedule(() -> ask(member, millis, end), millis, TimeUnit.MILLISECONDS);
    }

    private void ask(AwaitedMember member, long millis, Future<?> end) {
        if (member.isOver() || end.isDone()) {
            end.cancel(false);
            return;
        }
        directory.isComing(member.player(), room).whenComplete((isComing, failure) -> {
            // Without an answer it is not known, and the seat is kept.
            if (failure == null && !isComing) {
                end.cancel(false);
                giveUp(member, "no session is on its way");
            } else {
                askLater(member, millis, end);
            }
        });
    }

    private void giveUp(AwaitedMember member, String why) {
        if (!member.isOver()) {
            log.info(
                    "the seat of {} in room {} is given up: {}", member.player().name(), room, why);
            giveUp.accept(member);
        }
    }
}
