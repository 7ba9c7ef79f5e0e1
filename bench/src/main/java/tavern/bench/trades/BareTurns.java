package tavern.bench.trades;

import com.google.protobuf.Int64Value;
import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import tavern.engine.kept.KeptRoom;
import tavern.game.RoomId;
import tavern.server.store.RoomTurn;
import tavern.server.store.Transaction;

/**
 * Measures what Redis keeps when one client does nothing but call the server's own script for turns, with the arguments
 * that the server's store sends: one call for each turn, the turns of all rooms one after another.
 */
final class BareTurns implements Contender {
    private final String key;
    private final String title;
    private final int rooms;
    private final Setup setup;
    private final Backends backends;

    BareTurns(String key, String title, int rooms, Backends backends) {
        this.key = key;
        this.title = title;
        this.rooms = rooms;
        this.setup = Setup.redis(backends);
        this.backends = backends;
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public TradeLoad start() throws IOException {
        setup.empty();
        List<Long> fences = new ArrayList<>();
        try (LocalTavern tavern = LocalTavern.start(setup.settings())) {
            List<CompletionStage<Long>> acquired = IntStream.range(0, rooms)
                    .mapToObj(room -> tavern.fenceOf(TurnsLoad.room(room)))
                    .toList();
            for (CompletionStage<Long> fence : acquired) {
                fences.add(Waiting.on(fence));
            }
        }
        return new Calling(fences);
    }

    private final class Calling implements TradeLoad {
        private final List<Long> fences;
        private final RedisClient client = RedisClient.create(backends.redisUri());
        private final ScriptCalls calls;
        private long made;

        Calling(List<Long> fences) {
            this.fences = fences;
            calls = new ScriptCalls(client, this::turn, null);
        }

        private Transaction turn() {
            int room = (int) (made % rooms);
            long revision = made / rooms + 1;
            made++;
            long nowMillis = System.currentTimeMillis();
            byte[] state = KeptRoom.newBuilder()
                    .setState(Int64Value.of(revision).toByteString())
                    .setRandom(revision)
                    .setNowMs(nowMillis)
                    .build()
                    .toByteArray();
            RoomId id = new RoomId(TurnsLoad.room(room));
            RoomTurn turn = new RoomTurn(id, TallyGame.NAME, revision - 1, revision, state, RoomTurn.NEVER);
            return Transaction.turn(turn, fences.get(room), List.of(), List.of(), List.of(), nowMillis);
        }

        @Override
        public long done() {
            return calls.committed();
        }

        @Override
        public void close() throws IOException, InterruptedException {
            try {
                calls.end();
            } finally {
                client.shutdown();
            }
            try (LocalTavern store = LocalTavern.start(setup.settings())) {
                store.checkTurns(rooms, calls.committed());
            }
        }
    }
}
