package tavern.server.game;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tavern.game.PlayerId;

/** The look-ups that wait for the store, counted by the player who caused them. */
final class TradeLookUps {
    private final Map<TradeId, TradeLookUp> byId = new LinkedHashMap<>();
    private final Map<PlayerId, Integer> counts = new HashMap<>();

    boolean isEmpty() {
        return byId.isEmpty();
    }

    int countOf(PlayerId requester) {
        return counts.getOrDefault(requester, 0);
    }

    @Nullable
    TradeLookUp find(TradeId id) {
        return byId.get(id);
    }

    TradeLookUp start(TradeId id, PlayerId requester, Effects effects) {
        TradeLookUp lookUp = new TradeLookUp(id, requester);
        byId.put(id, lookUp);
        counts.merge(requester, 1, Integer::sum);
        effects.lookUpTrade(id);
        return lookUp;
    }

    @Nullable
    TradeLookUp remove(TradeId id) {
        TradeLookUp lookUp = byId.remove(id);
        if (lookUp != null) {
            counts.computeIfPresent(lookUp.requester(), (requester, count) -> count == 1 ? null : count - 1);
        }
        return lookUp;
    }

    void leave(PlayerId player, Effects effects) {
        byId.values().forEach(lookUp -> lookUp.leave(player, effects));
    }
}
