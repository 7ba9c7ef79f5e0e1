package tavern.sim.games;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import tavern.client.ClientSettings;
import tavern.client.ClientTransport;

/**
 * Tables of four who play cards through all lives of a server, and what must hold in each: nothing goes back behind what
 * anybody was told, and whoever has won a match was paid once for it.
 *
 * <p>The goods tell both: each deal costs a player the stake, each match pays its winner four, and each of the two makes a new
 * version of the goods. So the version and the gold tell how many deals there were, and how many matches were won.
 */
final class CardsWatch implements AutoCloseable {
    static final int SEATS = 4;

    private static final long STAKE = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(20);

    private final EventLoopGroup loops = ClientTransport.loops(1);
    private final EventLoop loop = loops.next();
    private final List<Table> tables = new ArrayList<>();
    private final List<String> faults = new CopyOnWriteArrayList<>();
    private final AtomicLong done = new AtomicLong();

    private record Table(String room, List<CardsWitness> seats, Map<String, CardsWitness.Goods> first) {}

    /** What the goods say. */
    private record Account(long deals, long wins) {}

    CardsWatch(int tables, SplittableRandom random) {
        for (int table = 0; table < tables; table++) {
            List<CardsWitness> seats = new ArrayList<>();
            for (int seat = 0; seat < SEATS; seat++) {
                String name = "p" + table + "-" + seat;
                seats.add(new CardsWitness(this, name, seat == 0, random.split()));
            }
            this.tables.add(new Table("table-" + table, seats, new HashMap<>()));
        }
    }

    // ---- for the players ----

    EventLoop loop() {
        return loop;
    }

    void fault(String what) {
        faults.add(what);
    }

    void done() {
        done.incrementAndGet();
    }

    // ---- for the test ----

    long turns() {
        return done.get();
    }

    /** Everybody comes in, and what is there is compared with what was told. Then they play. */
    void enter(InetSocketAddress server) {
        all((table, seat) ->
                seat.enter(ClientSettings.of(server.getHostString(), server.getPort(), seat.name()), table.room()));
        awaitOrFault("everybody is in", () -> allSeats(CardsWitness::isIn));
        for (Table table : tables) {
            // Goods of one commit are told one player after another.
            await("goods of " + table.room() + " that fit together")
                    .atMost(PATIENCE)
                    .pollInterval(POLL)
                    .failFast(this::noFaults)
                    .untilAsserted(() -> onLoop(() -> compare(table)));
        }
        noFaults();
        all((table, seat) -> seat.play(true));
    }

    private void compare(Table table) {
        Map<String, Long> wins = new HashMap<>();
        Set<Long> deals = new HashSet<>();
        for (CardsWitness seat : table.seats()) {
            CardsWitness.Goods first = table.first().computeIfAbsent(seat.name(), name -> seat.goods());
            Account account = account(first, seat.goods());
            wins.put(seat.name(), account.wins());
            deals.add(account.deals());
        }
        assertThat(deals).as("deals that each has paid for: %s", wins).hasSize(1);
        long over = wins.values().stream().mapToLong(each -> each).sum();
        table.seats().forEach(seat -> seat.know(over, wins));
        CardsWitness.Known now = table.seats().get(0).now();
        assertThat(over + now.progress().underWay())
                .as("prizes paid, and the match under way")
                .isEqualTo(deals.iterator().next());
        for (CardsWitness seat : table.seats()) {
            assertThat(seat.now().progress()).as(seat.name()).isEqualTo(now.progress());
        }
        table.seats().forEach(seat -> compare(table, seat.name(), seat.known(), now));
    }

    private static Account account(CardsWitness.Goods first, CardsWitness.Goods now) {
        long changes = now.version() - first.version();
        long gained = now.gold() - first.gold();
        assertThat(gained % STAKE).as("gold of %s after %s", now, first).isZero();
        long fivefold = changes + gained / STAKE;
        assertThat(fivefold % 5).as("goods %s after %s", now, first).isZero();
        return new Account(changes - fivefold / 5, fivefold / 5);
    }

    private void compare(Table table, String name, CardsWitness.Known told, CardsWitness.Known now) {
        if (now.progress().compareTo(told.progress()) < 0) {
            fault(table.room() + " is at " + now.progress() + ", and " + name + " was told of " + told.progress());
        }
        told.wins().forEach((winner, count) -> {
            if (now.wins().getOrDefault(winner, 0L) < count) {
                fault(name + " was told that " + winner + " has won " + count + " matches, and the prizes are "
                        + now.wins());
            }
        });
        if (told.progress().underWay() == 1
                && told.progress().matchesOver() == now.progress().matchesOver()) {
            for (CardsWitness seat : table.seats()) {
                Set<Integer> hand = new HashSet<>(seat.now().hand());
                if (seat.name().equals(name)
                        && !told.hand().isEmpty()
                        && !told.hand().containsAll(hand)) {
                    fault(name + " had " + told.hand() + ", and now " + hand);
                }
                hand.retainAll(told.gone());
                if (!hand.isEmpty()) {
                    fault(seat.name() + " has cards again that " + name + " knows to be played: " + hand);
                }
            }
        }
    }

    /** Waits until so many more turns are answered. */
    void awaitTurns(long more) {
        long enough = turns() + more;
        awaitOrFault(more + " turns", () -> turns() >= enough);
    }

    /** Lets nobody begin anything, and waits for all answers. */
    void settle() {
        all((table, seat) -> seat.play(false));
        awaitOrFault("all answers", () -> allSeats(seat -> !seat.isWaiting()));
        // What was told to all comes before an answer that is asked for now.
        all((table, seat) -> seat.askForEcho());
        awaitOrFault("echoes", () -> allSeats(seat -> !seat.isWaiting()));
    }

    /** The server is gone. */
    void lose() {
        all((table, seat) -> seat.lost());
        noFaults();
    }

    void noFaults() {
        assertThat(faults).isEmpty();
    }

    long matches(String player) {
        long[] won = new long[1];
        all((table, seat) -> {
            if (seat.name().equals(player)) {
                won[0] = seat.now().wins().getOrDefault(player, 0L);
            }
        });
        return won[0];
    }

    List<String> players() {
        return tables.stream()
                .flatMap(table -> table.seats().stream())
                .map(CardsWitness::name)
                .toList();
    }

    private interface Each {
        void with(Table table, CardsWitness seat);
    }

    private void all(Each task) {
        onLoop(() -> tables.forEach(table -> table.seats().forEach(seat -> task.with(table, seat))));
    }

    private interface Question {
        boolean of(CardsWitness seat);
    }

    private boolean allSeats(Question question) {
        boolean[] all = {true};
        all((table, seat) -> all[0] &= question.of(seat));
        return all[0];
    }

    private void awaitOrFault(String what, Callable<Boolean> condition) {
        await(what).atMost(PATIENCE).pollInterval(POLL).until(() -> !faults.isEmpty() || condition.call());
        noFaults();
    }

    private void onLoop(Runnable task) {
        loop.submit(task).syncUninterruptibly();
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
