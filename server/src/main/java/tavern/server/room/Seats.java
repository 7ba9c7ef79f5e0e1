package tavern.server.room;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tavern.game.PlayerId;
import tavern.server.game.Entity;

/** The seats of a room's members. */
@OnRoomThread
final class Seats {
    private final Map<PlayerId, Seat> byPlayer = new LinkedHashMap<>();
    private final Map<Integer, Seat> byEntity = new LinkedHashMap<>();
    private List<Seat> inOrder = List.of();
    private List<Seat> players = List.of();

    void add(Seat seat) {
        byPlayer.put(seat.player(), seat);
        order();
    }

    private void order() {
        inOrder = List.copyOf(byPlayer.values());
        players = inOrder.stream().filter(seat -> !seat.isSpectator).toList();
    }

    /** The rules have given the member an entity. */
    void assign(Entity entity) {
        Seat seat = byPlayer.get(entity.player().id());
        if (seat != null) {
            seat.entity = entity.id();
            byEntity.put(entity.id(), seat);
        }
    }

    void remove(Seat seat) {
        byPlayer.remove(seat.player(), seat);
        byEntity.remove(seat.entity, seat);
        order();
    }

    @Nullable
    Seat get(PlayerId player) {
        return byPlayer.get(player);
    }

    /** The seat, if it belongs to this very member and not to a later session of the same player. */
    @Nullable
    Seat of(RoomMember member) {
        Seat seat = byPlayer.get(member.player().id());
        return seat != null && seat.member == member ? seat : null;
    }

    @Nullable
    Seat ofEntity(int entity) {
        return byEntity.get(entity);
    }

    /** Players and spectators. The list is never changed: it is safe to iterate over it while seats come and go. */
    List<Seat> all() {
        return inOrder;
    }

    /** As {@link #all}, without spectators. */
    List<Seat> players() {
        return players;
    }

    /** Players and spectators. */
    int size() {
        return byPlayer.size();
    }

    int spectators() {
        return inOrder.size() - players.size();
    }
}
