package tavern.bench.trades;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tavern.bench.Bench;
import tavern.bench.Benchmark;
import tavern.bench.Section;

/**
 * Measures transfers between two of 100,000 accounts, over TCP, each durable before it is answered: with accounts that are chosen
 * alike, and with a few that are in most of them.
 */
public final class TransfersBenchmark implements Benchmark {
    private static final int ACCOUNTS = 100_000;
    private static final int PLAYERS = 64;
    private static final int UNDER_WAY = 40;

    /** With this exponent, the first account has 38 percent of all choices, and the first ten 76. */
    private static final double SKEW = 1.5;

    static final List<Aim> AIMS = List.of(
            Aim.rate("transfers, embedded store", "transfersEmbedded", 45_000),
            Aim.ratio("embedded store, few accounts / all alike", "transfersEmbeddedSkewed", "transfersEmbedded", 0.9));

    @Override
    public String kind() {
        return "transfers";
    }

    @Override
    public String description() {
        return "transfers a second between 100,000 accounts over TCP, chosen alike and by Zipf's law";
    }

    @Override
    public boolean isInQuickLook() {
        return false;
    }

    @Override
    public Section run(Bench bench) throws IOException, InterruptedException {
        return TurnsBenchmark.run(bench, kind(), AIMS, backends -> contenders(bench, backends));
    }

    private static List<Contender> contenders(Bench bench, Backends backends) {
        List<Contender> contenders = new ArrayList<>();
        for (Setup setup : List.of(Setup.embedded(), Setup.redis(backends))) {
            String name =
                    Character.toUpperCase(setup.key().charAt(0)) + setup.key().substring(1);
            contenders.add(contender("transfers" + name, setup, "alike", 0, bench));
            contenders.add(contender("transfers" + name + "Skewed", setup, "skewed", SKEW, bench));
        }
        return contenders;
    }

    private static Contender contender(String key, Setup setup, String accounts, double skew, Bench bench) {
        return new TurnsOverTcp(
                key,
                "transfers, " + setup.title() + ", accounts " + accounts,
                setup,
                new TurnsLoad.Workload(PLAYERS, PLAYERS, UNDER_WAY, ACCOUNTS, skew),
                bench);
    }
}
