package tavern.server.store.embedded;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;
import tavern.game.Goods;
import tavern.game.Mint;
import tavern.game.PlayerId;
import tavern.server.store.KeptGame;
import tavern.server.store.Leg;
import tavern.server.store.OutboxEvent;
import tavern.server.store.Realm;
import tavern.server.store.RoomTurn;
import tavern.server.store.Transaction;

/**
 * A process to be killed: takes turns of a room until then, and prints the revision of each that the store has answered. The
 * room's state is its revision, and every third turn gives a piece of gold.
 */
final class TurnStormProcess {
    static final int GIVES_EVERY = 3;

    private static final int IN_FLIGHT = 100;

    private TurnStormProcess() {}

    /** Takes a folder, and the number of a player. */
    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, US_ASCII);
        PlayerId player = new PlayerId(Long.parseLong(args[1]));
        EmbeddedStore store = EmbeddedStore.open(TradeStormProcess.settings(Path.of(args[0])));
        long fence = Realm.acquire(store, Realm.ROOM);
        long last = Realm.await(store.game(Realm.ROOM)).map(KeptGame::revision).orElse(0L);
        out.println(TradeStormProcess.READY);
        Semaphore free = new Semaphore(IN_FLIGHT);
        while (!Thread.currentThread().isInterrupted()) {
            free.acquire();
            long next = last + 1;
            byte[] state = Long.toString(next).getBytes(US_ASCII);
            RoomTurn turn = new RoomTurn(Realm.ROOM, "cards", last, next, state, RoomTurn.NEVER);
            boolean gives = next % GIVES_EVERY == 0;
            List<Leg> legs = List.of(new Leg(new Mint("cards"), player, Goods.of("gold", 1), List.of()));
            List<OutboxEvent> events = List.of(Realm.EVENT);
            store.transact(Transaction.turn(
                            turn, fence, gives ? legs : List.of(), List.of(), gives ? events : List.of(), Realm.NOW))
                    .whenComplete((result, failure) -> {
                        if (failure == null && result.isCommitted()) {
                            out.println("%019d".formatted(next));
                        }
                        free.release();
                    });
            last = next;
        }
    }
}
