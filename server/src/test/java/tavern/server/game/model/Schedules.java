package tavern.server.game.model;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import tavern.game.Goods;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.Terms;
import tavern.server.game.TestGame;

/** Generates random schedules. There are few players and few goods, so that they collide often. */
final class Schedules {
    static final int PLAYERS = 6;
    private static final int[] WILD = {
        0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, TestGame.MAP_WIDTH, TestGame.MAP_WIDTH + 1
    };
    private static final String[] TEXTS = {
        "hello", "", " ", "darn it", "a\u0000b", "\ud800", "\u202eevil", "x".repeat(99)
    };

    private final SplittableRandom random;
    private final List<Step.Offer> offers = new ArrayList<>();
    private final int[] numbers = new int[PLAYERS + 1];

    private Schedules(long seed) {
        this.random = new SplittableRandom(seed);
    }

    static List<Step> draw(long seed, int length) {
        Schedules schedules = new Schedules(seed);
        List<Step> steps = new ArrayList<>(length);
        for (int player = 1; player <= PLAYERS; player++) {
            steps.add(new Step.Join(player));
        }
        while (steps.size() < length) {
            steps.add(schedules.next());
        }
        return steps;
    }

    private Step next() {
        int chance = random.nextInt(1000);
        if (chance < 30) {
            return new Step.Join(player());
        } else if (chance < 36) {
            return new Step.Leave(player());
        } else if (chance < 120) {
            return random.nextInt(4) == 0
                    ? new Step.Move(player(), seqStep(), coordinate(), coordinate(), false)
                    : new Step.Move(player(), seqStep(), random.nextInt(-40, 41), random.nextInt(-40, 41), true);
        } else if (chance < 150) {
            return new Step.Chat(player(), TEXTS[random.nextInt(TEXTS.length)]);
        } else if (chance < 155) {
            return new Step.Custom(player());
        } else if (chance < 270) {
            return newOffer();
        } else if (chance < 320) {
            return oldOffer();
        } else if (chance < 490) {
            return act();
        } else if (chance < 495) {
            Step.Offer offer = random.nextBoolean() ? newOffer() : oldOffer();
            TradeOutcome outcome = random.nextBoolean() ? TradeOutcome.COMMITTED : TradeOutcome.CANCELLED;
            return new Step.Elsewhere(offer.proposer(), offer.number(), offer.partner(), offer.terms(), outcome);
        } else if (chance < 510) {
            return new Step.Grant(player(), kind(), random.nextInt(-300, 301), random.nextBoolean());
        } else if (chance < 900) {
            return new Step.Store(random.nextInt(1000), fate());
        } else {
            return new Step.Pass(random.nextInt(40) == 0 ? 31_000 : random.nextInt(500));
        }
    }

    private Step.Offer newOffer() {
        int proposer = player();
        Step.Offer offer = new Step.Offer(proposer, ++numbers[proposer], partnerOf(proposer), terms());
        offers.add(offer);
        return offer;
    }

    /** A repeat, mostly with the same contents. */
    private Step.Offer oldOffer() {
        Step.Offer old = recentOffer();
        return switch (random.nextInt(8)) {
            case 0 -> new Step.Offer(old.proposer(), old.number(), player(), old.terms());
            case 1 -> new Step.Offer(old.proposer(), old.number(), old.partner(), terms());
            default -> old;
        };
    }

    private Step act() {
        Step.Offer offer = recentOffer();
        int chance = random.nextInt(100);
        Step.Verb verb = chance < 70 ? Step.Verb.ACCEPT : chance < 82 ? Step.Verb.DECLINE : Step.Verb.CANCEL;
        int rightful = verb == Step.Verb.CANCEL ? offer.proposer() : offer.partner();
        int player = random.nextInt(12) == 0 ? player() : rightful;
        return new Step.Act(verb, player, offer.proposer(), offer.number());
    }

    private Step.Offer recentOffer() {
        if (offers.isEmpty()) {
            return newOffer();
        }
        int back = random.nextInt(20) == 0 ? offers.size() : Math.min(offers.size(), 8);
        return offers.get(offers.size() - 1 - random.nextInt(back));
    }

    private Step.Fate fate() {
        return switch (random.nextInt(20)) {
            case 0 -> Step.Fate.FAILED_BEFORE;
            case 1 -> Step.Fate.FAILED_AFTER;
            case 2 -> Step.Fate.ANSWERED_TWICE;
            default -> Step.Fate.DONE;
        };
    }

    private Terms terms() {
        return new Terms(goods(), goods());
    }

    private Goods goods() {
        TreeMap<String, Long> stacks = new TreeMap<>();
        TreeSet<Long> items = new TreeSet<>();
        switch (random.nextInt(8)) {
            case 0 -> items.add(random.nextLong(1, StoreModel.ITEMS + 1));
            case 1 -> stacks.put(kind(), wildCount());
            case 2 -> {
                stacks.put("gold", random.nextLong(1, 40));
                stacks.put("potion", random.nextLong(1, 5));
            }
            case 3 -> {} // a gift
            default -> stacks.put(kind(), random.nextLong(1, 40));
        }
        return new Goods(stacks, items);
    }

    private long wildCount() {
        long[] wild = {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, StoreModel.START_COUNT, StoreModel.START_COUNT + 1};
        return wild[random.nextInt(wild.length)];
    }

    private String kind() {
        return random.nextInt(3) == 0 ? "potion" : "gold";
    }

    private int seqStep() {
        return random.nextInt(-1, 4);
    }

    private int coordinate() {
        return random.nextInt(6) == 0 ? WILD[random.nextInt(WILD.length)] : random.nextInt(TestGame.MAP_HEIGHT);
    }

    /** A random partner, occasionally the proposer. */
    private int partnerOf(int proposer) {
        int partner = player();
        return partner == proposer && random.nextInt(8) > 0 ? partner % PLAYERS + 1 : partner;
    }

    private int player() {
        return random.nextInt(1, PLAYERS + 1);
    }
}
