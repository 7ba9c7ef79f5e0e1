package tavern.server.cluster;

import java.util.List;
import java.util.Optional;
import tavern.game.RoomId;

/**
 * A room stays with the server that is asked for it, unless another is much less loaded. Of several about as little loaded ones
 * the room's name chooses, so that all who are asked at once do not send all rooms to one.
 *
 * @param marginPermille by how much less it must be loaded ({@link NodeLoad#permille})
 */
public record LeastLoaded(int marginPermille) implements Placement {
    private static final int ALIKE_PERMILLE = 50;

    @Override
    public Optional<NodeReport> elsewhere(RoomId room, NodeReport self, List<NodeReport> others, boolean mustLeave) {
        int least =
                others.stream().mapToInt(other -> other.load().permille()).min().orElse(Integer.MAX_VALUE);
        if (!mustLeave && self.load().permille() - least < marginPermille) {
            return Optional.empty();
        }
        List<NodeReport> alike = others.stream()
                .filter(other -> other.load().permille() <= least + ALIKE_PERMILLE)
                .toList();
        return alike.isEmpty()
                ? Optional.empty()
                : Optional.of(alike.get(Math.floorMod(room.hashCode(), alike.size())));
    }
}
