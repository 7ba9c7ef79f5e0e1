package tavern.server.game;

import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.ErrorCode;

/** What makes a trade impossible. A check that can fail for several reasons gives null when all is well. */
final class TradeChecks {
    private final int entriesMax;
    private final Reservations reservations;

    TradeChecks(int entriesMax, Reservations reservations) {
        this.entriesMax = entriesMax;
        this.reservations = reservations;
    }

    /** Of what can be said without looking at the room. */
    @Nullable
    Refusal shape(Player proposer, Action.OfferTrade offer) {
        Terms terms = offer.terms();
        if (!offer.trade().proposer().equals(proposer.id())) {
            return new Refusal(ErrorCode.NOT_ALLOWED, "this trade id is another player's");
        }
        if (proposer.name().equals(offer.to())) {
            return new Refusal(ErrorCode.TRADE_BAD_PARTNER, "nobody can trade with himself");
        }
        if (terms.give().isEmpty() && terms.want().isEmpty()) {
            return new Refusal(ErrorCode.TRADE_BAD_GOODS, "nothing is given and nothing is wanted");
        }
        if (entries(terms.give()) > entriesMax || entries(terms.want()) > entriesMax) {
            return new Refusal(ErrorCode.TRADE_BAD_GOODS, "more than " + entriesMax + " entries on one side");
        }
        return isCounted(terms.give()) && isCounted(terms.want())
                ? null
                : new Refusal(ErrorCode.TRADE_BAD_AMOUNT, "a count must be at least 1");
    }

    /** The partner's goods are left out: an offer must not be a way to look into somebody's pockets. */
    boolean canOffer(Member proposer, Terms terms) {
        return has(proposer, terms.give());
    }

    @Nullable
    Refusal commit(Member proposer, Member partner, Terms terms) {
        if (!has(proposer, terms.give()) || !has(partner, terms.want())) {
            return new Refusal(ErrorCode.TRADE_INSUFFICIENT, "one side has not got the goods at the moment");
        }
        boolean fits = canTake(proposer.inventory(), terms.want(), terms.give())
                && canTake(partner.inventory(), terms.give(), terms.want());
        return fits ? null : new Refusal(ErrorCode.TRADE_BAD_AMOUNT, "more than a count can hold");
    }

    private boolean has(Member member, Goods goods) {
        return reservations.covers(member.player().id(), member.inventory(), goods);
    }

    private static boolean canTake(Inventory inventory, Goods taken, Goods given) {
        return taken.stacks().entrySet().stream().allMatch(stack -> {
            long rest = inventory.count(stack.getKey()) - given.stacks().getOrDefault(stack.getKey(), 0L);
            return stack.getValue() <= Long.MAX_VALUE - rest;
        });
    }

    private static int entries(Goods goods) {
        return goods.stacks().size() + goods.items().size();
    }

    private static boolean isCounted(Goods goods) {
        return goods.stacks().values().stream().allMatch(count -> count > 0);
    }
}
