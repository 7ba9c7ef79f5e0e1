package tavern.bench.trades;

import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tavern.game.Player;
import tavern.game.RoomId;
import tavern.server.store.OutboxEvent;
import tavern.server.store.Transaction;

/**
 * Measures what Redis commits when one client does nothing but call the server's own script with the arguments that the
 * server's store sends, always with many calls in flight: no look-ups, notifications or caches. With a relay, the trades
 * also go to the broker and count once it has confirmed them: no server can do more on the same cores.
 */
final class BareScript implements Contender {
    private static final int PLAYERS = 400;

    private final Setup setup;
    private final Backends backends;
    private final boolean relayed;

    private BareScript(Backends backends, boolean relayed) {
        this.setup = Setup.redis(backends);
        this.backends = backends;
        this.relayed = relayed;
    }

    static BareScript alone(Backends backends) {
        return new BareScript(backends, false);
    }

    static BareScript withRelay(Backends backends) {
        return new BareScript(backends, true);
    }

    @Override
    public String key() {
        return relayed ? "bareScriptRelay" : "bareScript";
    }

    @Override
    public String title() {
        return relayed ? "bare commit script and bare relay" : "bare pipelined commit script, Redis";
    }

    @Override
    public TradeLoad start() throws IOException {
        setup.empty();
        List<Long> fences = new ArrayList<>();
        List<Player> players = new ArrayList<>();
        try (LocalTavern tavern = LocalTavern.start(setup.settings())) {
            List<CompletionStage<Long>> acquired = IntStream.range(0, Crowd.ROOMS)
                    .mapToObj(room -> tavern.fenceOf("room-" + room))
                    .toList();
            List<CompletionStage<Player>> opened = IntStream.range(0, PLAYERS)
                    .mapToObj(i -> tavern.open("trader-" + i))
                    .toList();
            for (CompletionStage<Long> fence : acquired) {
                fences.add(Waiting.on(fence));
            }
            for (CompletionStage<Player> player : opened) {
                players.add(Waiting.on(player));
            }
        }
        return new Calling(fences, players);
    }

    private final class Calling implements TradeLoad {
        private final List<Long> fences;
        private final List<Player> players;
        private final RedisClient client = RedisClient.create(backends.redisUri());
        private final SplittableRandom random = new SplittableRandom(1);
        private final @Nullable BareRelay relay;
        private final ScriptCalls calls;

        Calling(List<Long> fences, List<Player> players) throws IOException {
            this.fences = fences;
            this.players = players;
            BareRelay toBroker = relayed ? new BareRelay(client, backends.rabbitUri()) : null;
            relay = toBroker;
            calls = new ScriptCalls(client, this::trade, toBroker == null ? null : toBroker::confirmed);
        }

        private Transaction trade() {
            int room = random.nextInt(fences.size());
            int first = random.nextInt(players.size());
            int second = (first + 1 + random.nextInt(players.size() - 1)) % players.size();
            String name = "room-" + room;
            OutboxEvent event = relayed
                    ? new OutboxEvent(
                            "trade." + Backends.REALM + "." + name,
                            TradeMessages.beforeTheCommit(
                                    name,
                                    players.get(first).id().value(),
                                    players.get(second).id().value()))
                    : null;
            return PlainTrade.of(
                    players.get(first),
                    players.get(second),
                    new RoomId(name),
                    fences.get(room),
                    random.nextLong(),
                    event);
        }

        @Override
        public long done() {
            return relay == null ? calls.committed() : relay.confirmed();
        }

        @Override
        public long lag() {
            return calls.lag();
        }

        @Override
        public void close() throws IOException, InterruptedException {
            try {
                calls.end();
            } finally {
                if (relay != null) {
                    relay.finish(calls.committed());
                }
                client.shutdown();
            }
            try (LocalTavern tavern = LocalTavern.start(setup.settings())) {
                tavern.check(calls.committed());
            }
        }
    }
}
