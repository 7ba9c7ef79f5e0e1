package tavern.server.game;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The questions to the store that are on their way, counted by who asked. */
final class TradeLookUps {
    private final Map<TradeId, TradeLookUp> byId = new LinkedHashMap<>();
    private final Map<PlayerId, Integer> counts = new HashMap<>();

    boolean isEmpty() {
        return byId.isEmpty();
    }

    int countOf(PlayerId asker) {
        return counts.getOrDefault(asker, 0);
    }

    @Nullable
    TradeLookUp find(TradeId id) {
        return byId.get(id);
    }

    TradeLookUp start(TradeId id, PlayerId asker, Effects effects) {
        TradeLookUp lookUp = new TradeLookUp(id, asker);
        byId.put(id, lookUp);
        counts.merge(asker, 1, Integer::sum);
        effects.lookUpTrade(id);
        return lookUp;
    }

    @Nullable
    TradeLookUp remove(TradeId id) {
        TradeLookUp lookUp = byId.remove(id);
        if (lookUp != null) {
            counts.computeIfPresent(lookUp.asker(), (asker, count) -> count == 1 ? null : count - 1);
        }
        return lookUp;
    }

    void leave(PlayerId player, Effects effects) {
        byId.values().forEach(lookUp -> lookUp.leave(player, effects));
    }
}
