package tavern.examples.hub;

import java.util.stream.IntStream;
import tavern.examples.hub.v1.HubOut;
import tavern.examples.hub.v1.HubState;
import tavern.examples.hub.v1.OfferGone;
import tavern.examples.hub.v1.StallGoods;
import tavern.examples.hub.v1.StallOffer;
import tavern.game.Goods;
import tavern.game.NamedAccount;
import tavern.game.Names;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.Turn;
import tavern.protocol.v1.ErrorCode;

/** The stalls during one turn. Each is an account, so its goods are sold while the owner sleeps. */
final class Market {
    static final String GOLD = "gold";
    private static final long PRICE_MAX = 1_000_000_000;
    private static final int OFFERS_MAX = 128;
    private static final int OFFERS_OF_ONE_MAX = 8;

    private final HubState hub;
    private final Turn<HubOut> turn;

    Market(HubState hub, Turn<HubOut> turn) {
        this.hub = hub;
        this.turn = turn;
    }

    HubState sell(Player owner, StallGoods goods) {
        requireOffer(goods);
        requireSpace(owner);
        StallOffer offer = StallOffer.newBuilder()
                .setNumber(hub.getLastOffer() + 1)
                .setOwner(owner.id().value())
                .setOwnerName(owner.name())
                .setGoods(StallGoods.newBuilder() // not the message itself, which may have fields that nobody asked for
                        .setKind(goods.getKind())
                        .setCount(goods.getCount())
                        .setItem(goods.getItem())
                        .setPrice(goods.getPrice()))
                .build();
        turn.move(owner.id(), stall(offer), goods(offer));
        turn.tellAll(HubOut.newBuilder().setOffered(offer).build());
        return hub.toBuilder().addOffers(offer).setLastOffer(offer.getNumber()).build();
    }

    HubState buy(Player buyer, long number) {
        int at = find(number);
        StallOffer offer = hub.getOffers(at);
        PlayerId owner = new PlayerId(offer.getOwner());
        long price = offer.getGoods().getPrice();
        if (owner.equals(buyer.id())) {
            throw turn.refuse(ErrorCode.TRADE_BAD_PARTNER, "that is your own, take it back");
        }
        if (turn.count(buyer.id(), GOLD) < price) {
            throw turn.refuse(ErrorCode.TRADE_INSUFFICIENT, "that costs " + price + " gold");
        }
        long fee = price * Long.parseLong(turn.settings().getOrDefault("fee-percent", "0")) / 100;
        if (fee > 0) {
            turn.take(buyer.id(), GOLD, fee); // out of the world: a sink, so that gold keeps its worth
        }
        turn.move(buyer.id(), owner, Goods.of(GOLD, price - fee));
        turn.move(stall(offer), buyer.id(), goods(offer));
        turn.publish("stall-sale", offer);
        return without(at, buyer.name());
    }

    HubState takeBack(Player owner, long number) {
        int at = find(number);
        StallOffer offer = hub.getOffers(at);
        if (offer.getOwner() != owner.id().value()) {
            throw turn.refuse(ErrorCode.NOT_ALLOWED, "that is not yours");
        }
        turn.move(stall(offer), owner.id(), goods(offer));
        return without(at, "");
    }

    private HubState without(int at, String buyer) {
        OfferGone gone = OfferGone.newBuilder()
                .setNumber(hub.getOffers(at).getNumber())
                .setBuyer(buyer)
                .build();
        turn.tellAll(HubOut.newBuilder().setGone(gone).build());
        return hub.toBuilder().removeOffers(at).build();
    }

    private int find(long number) {
        return IntStream.range(0, hub.getOffersCount())
                .filter(at -> hub.getOffers(at).getNumber() == number)
                .findFirst()
                .orElseThrow(() -> turn.refuse(ErrorCode.TRADE_NOT_FOUND, "that is gone"));
    }

    private void requireOffer(StallGoods goods) {
        boolean isStack = Names.isKind(goods.getKind()) && goods.getCount() > 0 && goods.getItem() == 0;
        boolean isItem = goods.getKind().isEmpty() && goods.getCount() == 0 && goods.getItem() != 0;
        if (!isStack && !isItem) {
            throw turn.refuse(ErrorCode.TRADE_BAD_GOODS, "either a count of a kind, or an item");
        }
        if (goods.getPrice() < 1 || goods.getPrice() > PRICE_MAX) {
            throw turn.refuse(ErrorCode.TRADE_BAD_AMOUNT, "a price is from 1 to " + PRICE_MAX + " gold");
        }
    }

    private void requireSpace(Player owner) {
        long own = hub.getOffersList().stream()
                .filter(offer -> offer.getOwner() == owner.id().value())
                .count();
        if (own == OFFERS_OF_ONE_MAX || hub.getOffersCount() == OFFERS_MAX) {
            throw turn.refuse(ErrorCode.TRADE_TOO_MANY, "the stall, or the market, is full");
        }
    }

    /** With the room's name, as accounts are the realm's; with the owner's number, as player names may have other signs. */
    private NamedAccount stall(StallOffer offer) {
        return new NamedAccount("stall:" + turn.room() + ":" + offer.getOwner());
    }

    private static Goods goods(StallOffer offer) {
        StallGoods goods = offer.getGoods();
        return goods.getItem() != 0 ? Goods.ofItem(goods.getItem()) : Goods.of(goods.getKind(), goods.getCount());
    }
}
