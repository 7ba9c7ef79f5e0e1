package tavern.server.store.embedded;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.Semaphore;
import tavern.server.game.Goods;
import tavern.server.game.Player;
import tavern.server.game.Settlement;
import tavern.server.store.Realm;
import tavern.server.store.StoreSettings;

/** A process to be killed: settles trades until then, and prints the id of each that the store has answered. */
final class TradeStorm {
    static final String READY = "ready";

    private static final int IN_FLIGHT = 500;

    private TradeStorm() {}

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
            boolean there = random.nextBoolean();
            Goods price = Goods.of("gold", 1 + random.nextInt(20));
            Settlement wish = Realm.wish(there ? ann : bob, there ? bob : ann, price, Goods.of("gold", 1));
            free.acquire();
            realm.ask(wish, Realm.EVENT).whenComplete((settled, failure) -> {
                if (failure == null) {
                    out.println(settled.id());
                }
                free.release();
            });
        }
    }

    static StoreSettings settings(Path folder) {
        return StoreSettings.embedded(folder, 2 * IN_FLIGHT, 100_000_000);
    }
}
