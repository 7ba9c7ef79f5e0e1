package tavern.server.store.embedded;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.Semaphore;
import tavern.game.Goods;
import tavern.game.Player;
import tavern.server.game.Settlement;
import tavern.server.store.Realm;
import tavern.server.store.StoreSettings;
import tavern.server.store.TradeTransactions;
import tavern.server.store.Transaction;
import tavern.server.store.TransactionDraft;
import tavern.server.store.TransactionId;

/** A process to be killed: settles trades until then, and prints the id of each that the store has answered. */
final class TradeStormProcess {
    static final String READY = "ready";

    private static final int IN_FLIGHT = 500;

    private TradeStormProcess() {}

    /** Takes a folder and a seed. */
    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.US_ASCII);
        Random random = new Random(Long.parseLong(args[1]));
        EmbeddedStore store = EmbeddedStore.open(settings(Path.of(args[0])));
        Realm realm = new Realm(store);
        Player ann = realm.open("ann", "gold", 1_000_000);
        Player bob = realm.open("bob", "gold", 1_000_000);
        out.println(READY);
        Semaphore free = new Semaphore(IN_FLIGHT);
        while (!Thread.currentThread().isInterrupted()) {
            free.acquire();
            Transaction next =
                    random.nextInt(4) == 0 ? threeParties(realm, ann, bob, random) : trade(realm, ann, bob, random);
            store.transact(next).whenComplete((result, failure) -> {
                if (failure == null) {
                    out.println(next.id());
                }
                free.release();
            });
        }
    }

    private static Transaction trade(Realm realm, Player ann, Player bob, Random random) {
        boolean there = random.nextBoolean();
        Goods price = Goods.of("gold", 1 + random.nextInt(20));
        Settlement wish = Realm.wish(there ? ann : bob, there ? bob : ann, price, Goods.of("gold", 1));
        return TradeTransactions.of(wish, Realm.ROOM, realm.fence(), Realm.NOW, Realm.EVENT);
    }

    private static Transaction threeParties(Realm realm, Player ann, Player bob, Random random) {
        TransactionId id = TransactionId.dated("craft", "1", TransactionDraft.uuidOf(Realm.NOW, random.nextLong()));
        return TransactionDraft.craft(id, ann, bob, 1 + random.nextInt(20))
                .event(Realm.EVENT)
                .fence(Realm.ROOM, realm.fence())
                .build();
    }

    static StoreSettings settings(Path folder) {
        return StoreSettings.embedded(folder, 2 * IN_FLIGHT, 100_000_000);
    }
}
