package tavern.sim.audit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TradeOffer;
import tavern.protocol.v1.TradeOutcome;

/** Parses the text values of the Redis store (docs/STORE.md). Invalid text throws IllegalArgumentException. */
final class RedisText {
    private static final int WORDS = 9;

    /**
     * How a trade ended.
     *
     * @param trade the trade, without its id
     */
    record Ended(long atMillis, long partner, KnownTrade trade) {}

    private RedisText() {}

    /** {@code gold=30,potion=1,#17,#18:bow,+19:key}: counts by kind, then items, with or without their kinds. */
    static Goods goods(String text) {
        Goods.Builder goods = Goods.newBuilder();
        for (String word : words(text, ",")) {
            int equals = word.lastIndexOf('=');
            if (word.startsWith("#") || word.startsWith("+")) {
                goods.addItemIds(Long.parseLong(word.substring(1).split(":", 2)[0]));
            } else if (equals > 0) {
                goods.addStacks(Stack.newBuilder()
                        .setKind(word.substring(0, equals))
                        .setCount(Long.parseLong(word.substring(equals + 1))));
            } else {
                throw new IllegalArgumentException("not goods: " + text);
            }
        }
        return goods.build();
    }

    /** The kinds of items in a goods text, by item id; only of those with this sign that carry their kind. */
    static Map<Long, String> kinds(String text, String sign) {
        Map<Long, String> kinds = new LinkedHashMap<>();
        for (String word : words(text, ",")) {
            int colon = word.indexOf(':');
            if (word.startsWith(sign) && colon > 0) {
                kinds.put(Long.parseLong(word.substring(1, colon)), word.substring(colon + 1));
            }
        }
        return kinds;
    }

    /** {@code 12>13|gold=5,#17:bow;mint:shop>12|+18:key}. */
    static List<MovedGoods.Leg> legs(String text) {
        List<MovedGoods.Leg> legs = new ArrayList<>();
        for (String word : words(text, ";")) {
            String[] parts = word.split("[>|]", -1);
            if (parts.length != 3) {
                throw new IllegalArgumentException("not a leg: " + word);
            }
            legs.add(new MovedGoods.Leg(account(parts[0]), account(parts[1]), goods(parts[2])));
        }
        return legs;
    }

    /** The kinds of the items that were made in these legs, by item id. */
    static Map<Long, String> made(String legs) {
        Map<Long, String> made = new LinkedHashMap<>();
        for (String word : words(legs, ";")) {
            made.putAll(kinds(word.substring(word.indexOf('|') + 1), "+"));
        }
        return made;
    }

    private static long account(String text) {
        return text.startsWith("mint:") ? 0 : Long.parseLong(text);
    }

    private static String[] words(String text, String separator) {
        return text.isEmpty() ? new String[0] : text.split(separator, -1);
    }

    /**
     * A line with the time, and the refusal if there is one; then {@code outcome reason room fence proposer's-name partner
     * partner's-name gives wants}.
     */
    static Ended ended(String text) {
        String[] lines = text.split("\n", 2);
        String[] words = lines[lines.length - 1].split(" ", -1);
        if (lines.length != 2 || words.length != WORDS) {
            throw new IllegalArgumentException("not a trade: " + text);
        }
        boolean isRefused = lines[0].contains(" ");
        TradeOutcome outcome = isRefused ? TradeOutcome.FAILED : TradeOutcome.forNumber(Integer.parseInt(words[0]));
        if (outcome == null) {
            throw new IllegalArgumentException("not an outcome: " + text);
        }
        TradeOffer offer = TradeOffer.newBuilder()
                .setTo(words[6])
                .setGive(goods(words[7]))
                .setWant(goods(words[8]))
                .build();
        long atMillis = Long.parseLong(lines[0].split(" ", 2)[0]);
        return new Ended(atMillis, Long.parseLong(words[5]), new KnownTrade(words[4], offer, outcome));
    }
}
