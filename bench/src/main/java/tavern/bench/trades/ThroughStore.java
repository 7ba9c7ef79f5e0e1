package tavern.bench.trades;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tavern.bench.Folders;
import tavern.game.Goods;
import tavern.game.Mint;
import tavern.game.Player;
import tavern.game.RoomId;
import tavern.protocol.UuidV7;
import tavern.server.store.Leg;
import tavern.server.store.OutboxEvent;
import tavern.server.store.Transaction;
import tavern.server.store.TransactionId;
import tavern.server.store.TransactionResult;

/** Transactions of one form that a store is given without rooms, always with many under way. */
final class ThroughStore implements Contender {
    private static final int IN_FLIGHT = 1_000;
    private static final int PLAYERS = 400;
    private static final int TIMEOUT_SECONDS = 60;
    private static final RoomId ROOM = new RoomId("market");
    private static final Mint GAME = new Mint("game");
    private static final Mint TAX = new Mint("tax");

    /** Makes one transaction of the form that is measured. */
    private interface Form {
        Transaction of(Player first, Player second, Player third, long fence, long salt);
    }

    private final Setup setup;
    private final Path folder;
    private final String suffix;
    private final String what;
    private final Form form;

    private ThroughStore(Setup setup, Path folder, String suffix, String what, Form form) {
        this.setup = setup;
        this.folder = folder;
        this.suffix = suffix;
        this.what = what;
        this.form = form;
    }

    static ThroughStore plain(Setup setup, Path folder) {
        return new ThroughStore(
                setup,
                folder,
                "Plain",
                "plain trade",
                (first, second, third, fence, salt) -> PlainTrade.of(first, second, ROOM, fence, salt, null));
    }

    /** Two of three players give to the next, one mint gives a reward, another takes a tax, and an event is published. */
    static ThroughStore threeParties(Setup setup, Path folder) {
        return new ThroughStore(
                setup, folder, "Three", "three parties, two mints, an event", ThroughStore::threeParties);
    }

    private static Transaction threeParties(Player first, Player second, Player third, long fence, long salt) {
        long nowMillis = System.currentTimeMillis();
        List<Leg> legs = List.of(
                new Leg(first.id(), second.id(), Goods.of("gold", 2), List.of()),
                new Leg(second.id(), third.id(), Goods.of("potion", 1), List.of()),
                new Leg(GAME, third.id(), Goods.of("gold", 1), List.of()),
                new Leg(second.id(), TAX, Goods.of("gold", 1), List.of()));
        byte[] body = TradeMessages.beforeTheCommit(
                ROOM.name(), first.id().value(), second.id().value());
        return new Transaction(
                TransactionId.dated("quest", first.id().toString(), UuidV7.of(nowMillis, salt)),
                legs,
                List.of(),
                List.of(new OutboxEvent("quest." + Backends.REALM + "." + ROOM.name(), body)),
                new Transaction.RoomFence(ROOM, fence),
                "a quest of three".getBytes(UTF_8),
                true,
                nowMillis);
    }

    @Override
    public String key() {
        return setup.key() + suffix;
    }

    @Override
    public String title() {
        return setup.title() + ", " + what;
    }

    @Override
    public TradeLoad start() throws IOException {
        setup.empty();
        Path own = Files.createTempDirectory(folder, "store");
        Map<String, String> settings = new TreeMap<>(setup.settings());
        settings.put("store.path", own.toString());
        LocalTavern tavern = LocalTavern.start(settings);
        List<CompletionStage<Player>> opened = IntStream.range(0, PLAYERS)
                .mapToObj(i -> tavern.open("trader-" + i))
                .toList();
        List<Player> players = new ArrayList<>();
        for (CompletionStage<Player> player : opened) {
            players.add(Waiting.on(player));
        }
        return new Asking(tavern, players, Waiting.on(tavern.fenceOf(ROOM.name())), own);
    }

    private final class Asking implements TradeLoad {
        private final LocalTavern tavern;
        private final List<Player> players;
        private final long fence;
        private final Path own;
        private final SplittableRandom random = new SplittableRandom(1);
        private final Semaphore free = new Semaphore(IN_FLIGHT);
        private final LongAdder committed = new LongAdder();
        private final LoopingThread worker;
        private volatile @Nullable String fault;

        Asking(LocalTavern tavern, List<Player> players, long fence, Path own) {
            this.tavern = tavern;
            this.players = players;
            this.fence = fence;
            this.own = own;
            worker = LoopingThread.start("transactions", this::ask);
        }

        private void ask() throws InterruptedException {
            free.acquire();
            int first = random.nextInt(PLAYERS);
            Transaction transaction = form.of(
                    players.get(first),
                    players.get((first + 1) % PLAYERS),
                    players.get((first + 2) % PLAYERS),
                    fence,
                    random.nextLong());
            tavern.transact(transaction).whenComplete(this::answered);
        }

        private void answered(@Nullable TransactionResult result, @Nullable Throwable failure) {
            if (result == null || result.refusal() != null || result.isRepeat()) {
                fault = failure != null ? failure.toString() : "the store answers " + result;
            } else {
                committed.increment();
            }
            free.release();
        }

        @Override
        public long done() {
            return committed.sum();
        }

        @Override
        public void close() throws IOException, InterruptedException {
            try (tavern) {
                worker.end();
                boolean all = free.tryAcquire(IN_FLIGHT, TIMEOUT_SECONDS, TimeUnit.SECONDS);
                String wrong = fault;
                if (wrong != null || !all) {
                    throw new IOException(wrong != null ? wrong : "some transactions were never answered");
                }
                tavern.checkEntries(committed.sum() + PLAYERS);
            }
            Folders.remove(own);
        }
    }
}
