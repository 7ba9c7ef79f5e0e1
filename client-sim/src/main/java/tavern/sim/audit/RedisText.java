package tavern.sim.audit;

import java.util.LinkedHashMap;
import java.util.Map;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TradeOffer;
import tavern.protocol.v1.TradeOutcome;

/** The texts that the Redis store keeps, as docs/STORE.md describes them. What is none throws IllegalArgumentException. */
final class RedisText {
    private static final int WORDS = 9;

    /**
     * How a trade ended.
     *
     * @param trade without its id
     */
    record Ended(long partner, KnownTrade trade) {}

    private RedisText() {}

    /** {@code gold=30,potion=1,#17,#18:bow}: counts by kind, then items, of which new ones tell their kind. */
    static Goods goods(String text) {
        Goods.Builder goods = Goods.newBuilder();
        for (String word : words(text)) {
            int equals = word.lastIndexOf('=');
            if (word.startsWith("#")) {
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

    /** Kinds of the new items in a text of goods, by id. */
    static Map<Long, String> newItems(String text) {
        Map<Long, String> kinds = new LinkedHashMap<>();
        for (String word : words(text)) {
            int colon = word.indexOf(':');
            if (word.startsWith("#") && colon > 0) {
                kinds.put(Long.parseLong(word.substring(1, colon)), word.substring(colon + 1));
            }
        }
        return kinds;
    }

    private static String[] words(String text) {
        return text.isEmpty() ? new String[0] : text.split(",", -1);
    }

    /** {@code outcome reason proposer's-name partner's-name at partner room fence gave|got}. */
    static Ended ended(String text) {
        String[] words = text.split(" ", WORDS);
        String[] terms = words[words.length - 1].split("\\|", 2);
        if (words.length != WORDS || terms.length != 2) {
            throw new IllegalArgumentException("not a trade: " + text);
        }
        TradeOutcome outcome = TradeOutcome.forNumber(Integer.parseInt(words[0]));
        if (outcome == null) {
            throw new IllegalArgumentException("not an outcome: " + text);
        }
        TradeOffer offer = TradeOffer.newBuilder()
                .setTo(words[3])
                .setGive(goods(terms[0]))
                .setWant(goods(terms[1]))
                .build();
        return new Ended(Long.parseLong(words[5]), new KnownTrade(words[2], offer, outcome));
    }
}
