package tavern.server.game;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tavern.game.Goods;
import tavern.game.Player;
import tavern.protocol.v1.ErrorCode;

/** Checks whether a trade is possible. A check that can fail for several reasons returns null when it passes. */
final class TradeChecks {
    /** P-57: how far an id may be ahead of this server's time, because another server may have told the time. */
    static final long AHEAD_MILLIS_MAX = Duration.ofMinutes(5).toMillis();

    private final int entriesMax;
    private final int idDaysMax;
    private final long idMillisMax;
    private final Reservations reservations;

    TradeChecks(int entriesMax, int idDaysMax, Reservations reservations) {
        this.entriesMax = entriesMax;
        this.idDaysMax = idDaysMax;
        this.idMillisMax = Duration.ofDays(idDaysMax).toMillis();
        this.reservations = reservations;
    }

    /**
     * P-57: checks the id of an offer that is not remembered. Whether an older one was used before is not known any more.
     */
    @Nullable
    RequestRefusal id(Action.OfferTrade offer) {
        if (!offer.trade().isDated()) {
            return new RequestRefusal(ErrorCode.TRADE_BAD_ID, "the id of a new offer must be a UUID of version 7");
        }
        long ageMillis = offer.atMillis() - offer.trade().bornMillis();
        if (ageMillis > idMillisMax) {
            return new RequestRefusal(
                    ErrorCode.TRADE_ID_TOO_OLD,
                    "the id's time is more than " + idDaysMax + " days before the server's");
        }
        if (ageMillis < -AHEAD_MILLIS_MAX) {
            String text = "the id's time is more than five minutes ahead of the server's; make ids by server_time_ms";
            return new RequestRefusal(ErrorCode.TRADE_ID_TOO_NEW, text);
        }
        return null;
    }

    /** Checks what does not depend on the state of the room. */
    @Nullable
    RequestRefusal shape(Player proposer, Action.OfferTrade offer) {
        Terms terms = offer.terms();
        if (!offer.trade().proposer().equals(proposer.id())) {
            return new RequestRefusal(ErrorCode.NOT_ALLOWED, "this trade id is another player's");
        }
        if (proposer.name().equals(offer.to())) {
            return new RequestRefusal(ErrorCode.TRADE_BAD_PARTNER, "players cannot trade with themselves");
        }
        if (terms.give().isEmpty() && terms.want().isEmpty()) {
            return new RequestRefusal(ErrorCode.TRADE_BAD_GOODS, "nothing is given and nothing is wanted");
        }
        if (entries(terms.give()) > entriesMax || entries(terms.want()) > entriesMax) {
            return new RequestRefusal(ErrorCode.TRADE_BAD_GOODS, "more than " + entriesMax + " entries on one side");
        }
        return terms.isCounted() ? null : new RequestRefusal(ErrorCode.TRADE_BAD_AMOUNT, "a count must be at least 1");
    }

    /** The partner's goods are not checked: an offer must not reveal what somebody else owns. */
    boolean canOffer(MemberState proposer, Terms terms) {
        return has(proposer, terms.give());
    }

    @Nullable
    RequestRefusal commit(MemberState proposer, MemberState partner, Terms terms) {
        if (!has(proposer, terms.give()) || !has(partner, terms.want())) {
            return new RequestRefusal(ErrorCode.TRADE_INSUFFICIENT, "one side has not got the goods at the moment");
        }
        boolean fits = canTake(proposer.inventory(), terms.want(), terms.give())
                && canTake(partner.inventory(), terms.give(), terms.want());
        return fits ? null : new RequestRefusal(ErrorCode.TRADE_BAD_AMOUNT, "more than a count can hold");
    }

    private boolean has(MemberState member, Goods goods) {
        return reservations.covers(member.player().id(), member.inventory(), goods);
    }

    private static boolean canTake(Inventory inventory, Goods taken, Goods given) {
        for (var stack : taken.stacks().entrySet()) {
            long rest = inventory.count(stack.getKey()) - given.stacks().getOrDefault(stack.getKey(), 0L);
            if (stack.getValue() > Long.MAX_VALUE - rest) {
                return false;
            }
        }
        return true;
    }

    private static int entries(Goods goods) {
        return goods.stacks().size() + goods.items().size();
    }
}
