package tavern.server.room;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import tavern.engine.MemberGoods;
import tavern.engine.ReadGoods;
import tavern.game.AccountId;
import tavern.game.Kept;
import tavern.game.NamedAccount;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.Reads;
import tavern.server.game.Inventory;
import tavern.server.store.AccountStore;
import tavern.server.store.PlayerRecord;
import tavern.server.store.Stages;

/** Reads what turns ask for of accounts that are not in their room: from the store, since caches may be behind. */
final class AbsentReads {
    private final AccountStore store;
    private final Set<String> keys;

    /** What one account has, as it was read. */
    private record Holdings(Inventory inventory, Map<String, Kept> values) implements MemberGoods {
        @Override
        public long count(String kind) {
            return inventory.count(kind);
        }

        @Override
        public Map<Long, String> items() {
            return inventory.items();
        }

        @Override
        public Kept kept(String key) {
            return values.getOrDefault(key, Kept.NONE);
        }
    }

    /** @param keys of players' values that the game keeps */
    AbsentReads(AccountStore store, Set<String> keys) {
        this.store = store;
        this.keys = keys;
    }

    /** One account after another: there are few, and more at once would crowd out others. Fails as the store does. */
    CompletionStage<ReadGoods> read(Reads wanted) {
        Map<AccountId, ReadGoods.Account> accounts = new HashMap<>();
        Map<String, Player> players = new HashMap<>();
        CompletionStage<?> all = CompletableFuture.completedFuture(null);
        for (AccountId account : wanted.accounts()) {
            all = all.thenCompose(before -> read(account)).thenAccept(read -> accounts.put(account, read));
        }
        for (String name : wanted.names()) {
            all = all.thenCompose(before -> store.findPlayer(name)).thenCompose(found -> {
                if (found.isEmpty()) {
                    return CompletableFuture.completedFuture(null);
                }
                Player player = found.get().player();
                players.put(name, player);
                return withValues(player.id(), found.get().inventory())
                        .thenAccept(read -> accounts.put(player.id(), read));
            });
        }
        return all.thenApply(done -> new ReadGoods(accounts, players));
    }

    private CompletionStage<ReadGoods.Account> read(AccountId account) {
        if (account instanceof PlayerId player) {
            return store.findPlayer(player)
                    .thenCompose(found -> withValues(
                            player, found.map(PlayerRecord::inventory).orElse(Inventory.EMPTY)));
        }
        return store.findAccount((NamedAccount) account)
                .thenApply(found -> known(found.map(PlayerRecord::inventory).orElse(Inventory.EMPTY), Map.of()));
    }

    private CompletionStage<ReadGoods.Account> withValues(PlayerId player, Inventory inventory) {
        return Stages.begin(() -> KeptValues.read(store, player, keys)).thenApply(values -> known(inventory, values));
    }

    private static ReadGoods.Account known(Inventory inventory, Map<String, Kept> values) {
        return new ReadGoods.Account(inventory.version(), new Holdings(inventory, values));
    }
}
