package tavern.server.room;

import com.google.protobuf.ByteString;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import tavern.game.Kept;
import tavern.game.PlayerId;
import tavern.server.store.AccountStore;

/** Reads players' durable values for games. Safe on any thread; nothing blocks. */
public final class KeptValues {
    private KeptValues() {}

    /** Reads the values of these keys, all at the same time. Fails as the store does. */
    public static CompletionStage<Map<String, Kept>> read(AccountStore store, PlayerId player, Set<String> keys) {
        CompletionStage<Map<String, Kept>> all = CompletableFuture.completedFuture(new TreeMap<>());
        for (String key : keys) {
            all = all.thenCombine(read(store, player, key), (values, value) -> {
                values.put(key, value);
                return values;
            });
        }
        return all;
    }

    static CompletionStage<Kept> read(AccountStore store, PlayerId player, String key) {
        return store.kept(player, key)
                .thenApply(found -> found.map(value -> new Kept(ByteString.copyFrom(value.value()), value.version()))
                        .orElse(Kept.NONE));
    }
}
