package tavern.server.room;

import com.google.protobuf.ByteString;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.server.room.moving.MovingRoom;
import tavern.server.room.moving.MovingSeat;

/** Reads what the store knows of those who are in a room that comes from another server. */
final class Adoption {
    /** A room has more members than the store takes operations at once. */
    private static final int READ_AT_ONCE = 50;

    private final RoomServices services;
    private final RoomId id;
    private final MovingRoom moving;

    Adoption(RoomServices services, RoomId id, MovingRoom moving) {
        this.services = services;
        this.id = id;
        this.moving = moving;
    }

    RoomOptions options() {
        return new RoomOptions(moving.getCapacity(), moving.getUnlisted(), moving.getMetadataMap(), moving.getType());
    }

    /** @throws IllegalStateException when the room cannot go on as the other server had it */
    RoomPlan check(RoomPlan plan) {
        if (plan.type() != null && plan.kept() == null) {
            throw new IllegalStateException("the store has nothing of the game of room " + id);
        }
        int capacity = services.settings().capacityOf(plan.options());
        if (moving.getSceneCount() > 0 && capacity != moving.getCapacity()) {
            // NPCs have the numbers behind those that players may have.
            throw new IllegalStateException("room " + id + " has " + moving.getCapacity()
                    + " places on the other server, and would have " + capacity
                    + " here; configure both with the same room.capacity");
        }
        return plan;
    }

    /** Fails as the store does. */
    CompletionStage<MovedIn> read() {
        RoomType type = services.types().find(moving.getType());
        Set<String> keys = type == null ? Set.of() : type.game().keeps();
        List<MovingSeat> players = moving.getSeatsList().stream()
                .filter(seat -> !seat.getSpectator())
                .toList();
        Map<PlayerId, Arrival> arrivals = new HashMap<>();
        return read(players, keys, arrivals).thenApply(read -> new MovedIn(moving, arrivals));
    }

    private CompletionStage<Void> read(List<MovingSeat> players, Set<String> keys, Map<PlayerId, Arrival> arrivals) {
        if (players.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        List<MovingSeat> some = players.subList(0, Math.min(READ_AT_ONCE, players.size()));
        CompletionStage<Void> all = CompletableFuture.completedFuture(null);
        for (MovingSeat seat : some) {
            CompletionStage<Arrival> arrival = arrival(seat, keys);
            all = all.thenCombine(arrival, (before, read) -> {
                arrivals.put(read.player().player().id(), read);
                return null;
            });
        }
        return all.thenCompose(done -> read(players.subList(some.size(), players.size()), keys, arrivals));
    }

    private CompletionStage<Arrival> arrival(MovingSeat seat, Set<String> keys) {
        PlayerId player = new PlayerId(seat.getPlayer());
        return services.players()
                .current(seat.getName())
                .thenCombine(
                        KeptValues.read(services.accounts(), player, keys),
                        (record, values) -> new Arrival(record, null, values, ByteString.EMPTY));
    }
}
