package tavern.server.store.redis;

import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.TradeOutcome;
import tavern.server.game.Goods;
import tavern.server.game.RoomId;
import tavern.server.game.SettledTrade;
import tavern.server.game.Settlement;
import tavern.server.game.Terms;
import tavern.server.store.GoodsText;
import tavern.server.store.OutboxEvent;
import tavern.server.store.StaleFenceException;
import tavern.server.store.StoreUnavailableException;

/** What is said to the script that ends trades, and what it says. */
final class Settlements {
    /** Lua takes no more than 8,000 arguments at a time. */
    private static final int ENTRIES_MAX = 512;

    private static final long RETRY_AFTER_MILLIS = 2000;

    private final Keys keys;
    private final String announcer;
    private final int outboxRowsMax;

    /** @param announcer who changes are announced by; empty for not at all */
    Settlements(Keys keys, String announcer, int outboxRowsMax) {
        this.keys = keys;
        this.announcer = announcer;
        this.outboxRowsMax = outboxRowsMax;
    }

    /** @throws IllegalArgumentException for what no room would ask */
    static void refuseNonsense(Settlement wish) {
        if (!wish.id().proposer().equals(wish.proposer().id())) {
            throw new IllegalArgumentException("trade " + wish.id() + " is not one of player "
                    + wish.proposer().id());
        }
        if (wish.outcome() == TradeOutcome.TRADE_OUTCOME_UNSPECIFIED || wish.outcome() == TradeOutcome.UNRECOGNIZED) {
            throw new IllegalArgumentException("a trade cannot end " + wish.outcome());
        }
        if (size(wish.terms().give()) + size(wish.terms().want()) > ENTRIES_MAX) {
            throw new IllegalArgumentException("a trade has " + ENTRIES_MAX + " kinds and items at most");
        }
    }

    private static int size(Goods goods) {
        return goods.stacks().size() + goods.items().size();
    }

    Request request(Settlement wish, RoomId room, long fence, long nowMillis, @Nullable OutboxEvent event) {
        String gives = GoodsText.of(wish.terms().give());
        String wants = GoodsText.of(wish.terms().want());
        ErrorCode reason = knownReason(wish);
        boolean failed = reason != ErrorCode.OK;
        Request request = Request.of(
                        keys.fence(room),
                        keys.trades(wish.proposer().id()),
                        keys.player(wish.proposer().id()),
                        keys.player(wish.partner().id()),
                        keys.ledger(),
                        keys.outbox(),
                        keys.changes())
                .add(fence)
                .add(wish.id().uuid().toString())
                .add(failed ? TradeOutcome.FAILED_VALUE : wish.outcome().getNumber())
                .add(reason.getNumber())
                .add(TradeText.rest(wish, room, fence, nowMillis, gives, wants))
                .add(wish.proposer().id().value())
                .add(wish.partner().id().value())
                .add(nowMillis)
                .add(gives)
                .add(wants);
        addEvent(request, event);
        request.add(announcer);
        if (!failed && wish.outcome() == TradeOutcome.COMMITTED) {
            addGoods(request, wish.terms());
        }
        return request;
    }

    /** Why it fails, as far as the terms alone say. */
    private static ErrorCode knownReason(Settlement wish) {
        if (wish.outcome() != TradeOutcome.COMMITTED) {
            return wish.outcome() == TradeOutcome.FAILED ? ErrorCode.TRADE_INSUFFICIENT : ErrorCode.OK;
        }
        if (wish.proposer().id().equals(wish.partner().id())) {
            return ErrorCode.TRADE_BAD_PARTNER;
        }
        boolean positive =
                isPositive(wish.terms().give()) && isPositive(wish.terms().want());
        return positive ? ErrorCode.OK : ErrorCode.TRADE_BAD_AMOUNT;
    }

    private static boolean isPositive(Goods goods) {
        for (long count : goods.stacks().values()) {
            if (count <= 0) {
                return false;
            }
        }
        return true;
    }

    private void addEvent(Request request, @Nullable OutboxEvent event) {
        if (event == null) {
            request.add("").add("").add("");
        } else {
            request.add(outboxRowsMax).add(event.routingKey()).add(event.body());
        }
    }

    private static void addGoods(Request request, Terms terms) {
        SortedSet<String> kinds = new TreeSet<>(terms.give().stacks().keySet());
        kinds.addAll(terms.want().stacks().keySet());
        request.add(kinds.size()).add(terms.give().items().size());
        for (String kind : kinds) {
            request.add(PlayerHash.STACK + kind)
                    .add(terms.give().stacks().getOrDefault(kind, 0L))
                    .add(terms.want().stacks().getOrDefault(kind, 0L));
        }
        terms.give().items().forEach(id -> request.add(PlayerHash.ITEM + id));
        terms.want().items().forEach(id -> request.add(PlayerHash.ITEM + id));
    }

    /** @param rows told how many there are in the outbox */
    SettledTrade read(Reply reply, Settlement wish, RoomId room, long fence, LongConsumer rows)
            throws StaleFenceException, StoreUnavailableException {
        switch ((int) reply.number(0)) {
            case -1:
                throw new StaleFenceException(room, fence, reply.number(1));
            case -2:
                throw new IllegalArgumentException("there is no player " + reply.text(1));
            case -3:
                rows.accept(reply.number(1));
                throw new StoreUnavailableException(
                        reply.number(1) + " of " + outboxRowsMax + " committed trades wait to be published; look after"
                                + " the feed, or raise store.outbox-rows-max",
                        RETRY_AFTER_MILLIS);
            default:
                return settled(reply, wish, rows);
        }
    }

    private static SettledTrade settled(Reply reply, Settlement wish, LongConsumer rows) {
        SettledTrade settled = TradeText.parse(wish.id(), reply.text(1));
        if (reply.number(0) != 2) {
            return settled;
        }
        if (reply.number(2) > 0) {
            rows.accept(reply.number(2));
        }
        PlayerHash proposer = PlayerHash.parse(reply.list(3));
        PlayerHash partner = PlayerHash.parse(reply.list(4));
        PlayerHash.exchange(proposer, partner, wish.terms());
        return new SettledTrade(
                settled.id(),
                settled.proposer(),
                settled.partner(),
                wish.terms(),
                settled.outcome(),
                settled.reason(),
                settled.atMillis(),
                proposer.inventory(),
                partner.inventory());
    }
}
