package tavern.bench.trades;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionStage;
import tavern.game.Goods;
import tavern.game.Mint;
import tavern.game.Player;
import tavern.server.store.Leg;
import tavern.server.store.Transaction;
import tavern.server.store.TransactionId;
import tavern.server.store.TransactionResult;

/** Gives traders the items that they have besides what they trade. */
final class Belongings {
    private static final Mint LOOT = new Mint("loot");

    private Belongings() {}

    /** Blocks until everybody has them; to be called before a room has read anybody's record. */
    static void give(LocalTavern tavern, Crowd crowd) throws IOException {
        for (int room = 0; room < crowd.rooms(); room++) {
            for (int i = 0; i < crowd.tradersPerRoom(); i++) {
                List<CompletionStage<TransactionResult>> given = new ArrayList<>();
                String name = crowd.trader(room, i);
                Player player = Waiting.on(tavern.open(name));
                for (int has = 0; has < crowd.items(); has += Transaction.GOODS_MAX) {
                    int more = Math.min(Transaction.GOODS_MAX, crowd.items() - has);
                    given.add(tavern.transact(loot(player, more, "loot:" + name + "-" + has)));
                }
                for (CompletionStage<TransactionResult> each : given) {
                    Waiting.on(each);
                }
            }
        }
        // What was read before the goods came is out of date.
        tavern.players().allChanged();
    }

    private static Transaction loot(Player player, int items, String id) {
        Leg leg = new Leg(LOOT, player.id(), Goods.NONE, Collections.nCopies(items, "shell"));
        return new Transaction(
                TransactionId.undated(id),
                List.of(leg),
                List.of(),
                List.of(),
                null,
                new byte[0],
                false,
                System.currentTimeMillis());
    }
}
