package tavern.sim.bots;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tavern.client.ClientInventory;
import tavern.client.OfferAnswer;
import tavern.client.TavernClient;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TradeOffer;
import tavern.protocol.v1.TradeOffered;
import tavern.protocol.v1.TradeResult;
import tavern.sim.audit.TradeIds;
import tavern.sim.measure.Latencies;
import tavern.sim.oracle.Trade;

/**
 * A bot's trades: makes offers to bots in the room, answers theirs, and does not settle until it knows how each of its
 * own offers ended, even across lost connections and server crashes.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures are handled where the future completes
final class BotTrader {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(3);
    private static final long CHASE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long MORE_THAN_ANYBODY_HAS = 1_000_000_000_000L;

    private static final double GREEDY = 0.06;
    private static final double OF_ITEMS = 0.3;
    private static final double CANCELLED_SOON = 0.08;
    private static final double ACCEPTED = 0.75;
    private static final double DECLINED = 0.15;
    private static final double DROPPED_MEANWHILE = 0.3;

    private final Bot bot;
    private final TavernClient client;
    private final RandomGenerator random;
    /** This bot's offers whose outcome is not known yet, with the time from which {@link #chase} cancels each. */
    private final Map<Trade, Long> open = new LinkedHashMap<>();

    private final Set<Trade> chased = new HashSet<>();
    private int openMax = 8;

    BotTrader(Bot bot, TavernClient client, RandomGenerator random) {
        this.bot = bot;
        this.client = client;
        this.random = random;
    }

    void allow(int offersOpenMax) {
        openMax = offersOpenMax;
    }

    boolean isSettled() {
        return open.isEmpty();
    }

    void offer(long nowNanos) {
        Bot partner = randomPartner();
        Goods give = partner == null ? Goods.getDefaultInstance() : some(client.inventory(), 1);
        if (partner == null || open.size() >= openMax || give.equals(Goods.getDefaultInstance())) {
            return;
        }
        TradeOffer offer = TradeOffer.newBuilder()
                .setTradeId(client.newTradeId())
                .setTo(partner.name())
                .setGive(give)
                .setWant(
                        random.nextDouble() < GREEDY
                                ? tooMuch()
                                : some(partner.trader().client.inventory(), 2))
                .build();
        Trade trade = bot.room().trades().offered(bot.member(), partner.member(), offer);
        open.put(trade, nowNanos + PATIENCE_NANOS);
        bot.log()
                .note(
                        bot.name(),
                        "offer",
                        "id",
                        TradeIds.text(offer.getTradeId()),
                        "to",
                        offer.getTo(),
                        "give",
                        GoodsWords.of(offer.getGive()),
                        "want",
                        GoodsWords.of(offer.getWant()));
        client.tradeOffer(offer).whenComplete((answer, failure) -> offered(trade, answer, failure));
        if (bot.isChurner() && random.nextDouble() < DROPPED_MEANWHILE) {
            bot.drop();
        }
    }

    private @Nullable Bot randomPartner() {
        List<Bot> bots = bot.room().bots();
        Bot chosen = bots.get(random.nextInt(bots.size()));
        return chosen == bot || !chosen.isPresent() ? null : chosen;
    }

    private static Goods tooMuch() {
        return Goods.newBuilder()
                .addStacks(Stack.newBuilder().setKind("gold").setCount(MORE_THAN_ANYBODY_HAS))
                .build();
    }

    /** A random selection of this owner's goods; empty when the owner has none. */
    private Goods some(ClientInventory owner, int share) {
        NavigableMap<Long, String> items = owner.items();
        if (!items.isEmpty() && random.nextDouble() < OF_ITEMS) {
            long chosen = random.nextLong(items.firstKey(), items.lastKey() + 1);
            return Goods.newBuilder().addItemIds(items.ceilingKey(chosen)).build();
        }
        List<String> kinds = owner.kinds();
        if (kinds.isEmpty()) {
            return Goods.getDefaultInstance();
        }
        String kind = kinds.get(random.nextInt(kinds.size()));
        long most = Math.max(1, Math.min(10, owner.count(kind) / share));
        return Goods.newBuilder()
                .addStacks(Stack.newBuilder().setKind(kind).setCount(1 + random.nextLong(most)))
                .build();
    }

    private void offered(Trade trade, @Nullable OfferAnswer answer, @Nullable Throwable failure) {
        if (failure != null) {
            // Without a code, or after a server fault, the outcome is unknown; chasing the offer finds it out.
            ErrorCode code = bot.refused(failure);
            if (code != null && code != ErrorCode.INTERNAL) {
                close(trade);
            }
        } else if (answer instanceof OfferAnswer.Open && random.nextDouble() < CANCELLED_SOON) {
            later(50, 100, () -> chase(trade));
        }
    }

    private void close(Trade trade) {
        open.remove(trade);
        bot.room().trades().refused(trade);
    }

    /** An offer arrived. Offers from strangers are declined: what they own is not counted in this run. */
    void onOffered(TradeOffered offered) {
        Trade trade = bot.room().trades().offerArrived(bot.member(), offered);
        double mood = random.nextDouble();
        if (trade == null) {
            later(10, 200, () -> countFailure(client.tradeDecline(offered.getFrom(), offered.getTradeId())));
        } else if (mood < ACCEPTED) {
            later(10, 200, () -> accept(trade));
        } else if (mood < ACCEPTED + DECLINED) {
            later(
                    10,
                    200,
                    () -> countFailure(
                            client.tradeDecline(trade.from(), trade.offer().getTradeId())));
        }
    }

    private void accept(Trade trade) {
        if (!bot.isPresent()) {
            return;
        }
        bot.room().trades().accepting(trade, System.nanoTime());
        countFailure(client.tradeAccept(trade.from(), trade.offer().getTradeId()));
        if (bot.isChurner() && random.nextDouble() < DROPPED_MEANWHILE) {
            bot.drop();
        }
    }

    private void countFailure(CompletableFuture<TradeResult> answer) {
        answer.whenComplete((result, failure) -> {
            if (failure != null) {
                bot.refused(failure);
            }
        });
    }

    void onResult(TradeResult result) {
        bot.log()
                .note(
                        bot.name(),
                        "result",
                        "from",
                        result.getFrom(),
                        "id",
                        TradeIds.text(result.getTradeId()),
                        "outcome",
                        result.getOutcome());
        long nanos = bot.room().trades().told(bot.member(), result, System.nanoTime());
        Latencies.record(bot.latencies().trade(), nanos);
        open.keySet().removeIf(trade -> !trade.isOpen());
    }

    /** Cancels offers that were open for too long, or all of them when the load is over. */
    void chase(long nowNanos, boolean all) {
        if (open.isEmpty()) {
            return;
        }
        for (Map.Entry<Trade, Long> waiting : List.copyOf(open.entrySet())) {
            Trade trade = waiting.getKey();
            if (waiting.getValue() - nowNanos <= (all ? PATIENCE_NANOS - CHASE_NANOS : 0)) {
                open.put(trade, nowNanos + PATIENCE_NANOS);
                chase(trade);
            }
        }
    }

    private void chase(Trade trade) {
        if (!trade.isOpen() || !bot.isPresent() || !chased.add(trade)) {
            return;
        }
        client.tradeCancel(trade.offer().getTradeId()).whenComplete((result, failure) -> {
            ErrorCode code = failure == null ? null : bot.refused(failure);
            chased.remove(trade);
            if (code == ErrorCode.TRADE_NOT_FOUND && trade.isOpen()) {
                repeat(trade);
            }
        });
    }

    /** The trade has already ended, or was lost in a server crash; repeating the offer tells which. */
    private void repeat(Trade trade) {
        client.tradeOffer(trade.offer()).whenComplete((answer, failure) -> {
            ErrorCode code = failure == null ? null : bot.refused(failure);
            boolean unknown = code == ErrorCode.TRADE_INSUFFICIENT || code == ErrorCode.TRADE_BAD_PARTNER;
            if (unknown && trade.isOpen()) {
                close(trade);
            }
        });
    }

    private void later(int millisMin, int millisMore, Runnable task) {
        client.eventLoop().schedule(task, millisMin + random.nextInt(millisMore), TimeUnit.MILLISECONDS);
    }
}
