package tavern.server.room;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import tavern.game.Player;
import tavern.server.store.PlayerRecord;

/** P-108: the seats that have come with the room from another server, and wait for their sessions. */
final class AwaitedSeats {
    private static final long RETRY_CLAIM_MILLIS = 20;

    private final Room room;
    private final EventExecutor executor;
    private final RoomLife life;
    private final RoomDoor door;
    private final SeatInquiries inquiries;

    AwaitedSeats(Room room, EventExecutor executor, PlayerDirectory directory, RoomLife life, RoomDoor door) {
        this.room = room;
        this.executor = executor;
        this.life = life;
        this.door = door;
        this.inquiries = new SeatInquiries(room.id(), this::giveUp, executor, directory);
    }

    /** A member whose seat is kept as {@link SeatInquiries#keep} says. */
    @OnRoomThread
    AwaitedMember add(Player player, long nowMillis, long askMillis, long keptMillis) {
        AwaitedMember member = new AwaitedMember(player, nowMillis, this::giveUp);
        inquiries.keep(member, askMillis, keptMillis);
        return member;
    }

    /** Nobody comes for the seat. */
    private void giveUp(AwaitedMember member) {
        room.command(() -> door.giveUp(member));
    }

    /** As {@link RoomMembers#claim}. Safe on any thread. */
    CompletionStage<Boolean> claim(RoomMember member, PlayerRecord newest) {
        return room.ask(there -> {
                    if (life.isMoving()) {
                        // Its members are those with whom it moves; this one may have the seat if the room stays.
                        return later(() -> claim(member, newest));
                    }
                    return CompletableFuture.completedFuture(life.isOpen() && door.claim(member, newest));
                })
                .thenCompose(claimed -> claimed);
    }

    private <T> CompletionStage<T> later(Supplier<CompletionStage<T>> task) {
        CompletableFuture<CompletionStage<T>> begun = new CompletableFuture<>();
        executor.schedule(() -> begun.complete(task.get()), RETRY_CLAIM_MILLIS, TimeUnit.MILLISECONDS);
        return begun.thenCompose(stage -> stage);
    }
}
