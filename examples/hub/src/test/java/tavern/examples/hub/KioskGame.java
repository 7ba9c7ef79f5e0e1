package tavern.examples.hub;

import com.google.protobuf.Int64Value;
import com.google.protobuf.StringValue;
import tavern.game.Board;
import tavern.game.Game;
import tavern.game.GameType;
import tavern.game.Goods;
import tavern.game.NamedAccount;
import tavern.game.Opening;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.Reply;
import tavern.game.Turn;
import tavern.game.Viewer;
import tavern.protocol.v1.ErrorCode;

/** Sells hats for money, which a service outside of the server charges; each order needs a coupon. The state counts open orders. */
final class KioskGame implements Game<Int64Value, StringValue, StringValue> {
    static final GameType<Int64Value, StringValue, StringValue> TYPE = GameType.of(
                    "kiosk", new KioskGame(), Int64Value.parser(), StringValue.parser())
            .ranking(new Board("hats", Board.Ranking.SUM));
    static final NamedAccount TILL = new NamedAccount("till");
    static final long ORDERS_MAX = 10;
    private static final Goods COUPON = Goods.of("coupon", 1);

    @Override
    public Int64Value open(Opening opening) {
        return Int64Value.getDefaultInstance();
    }

    @Override
    public Int64Value on(Int64Value orders, Player from, StringValue size, Turn<StringValue> turn) {
        if (orders.getValue() == ORDERS_MAX) {
            throw turn.refuse(ErrorCode.BUSY, "too many orders are open; try again in a minute");
        }
        turn.move(from.id(), TILL, COUPON);
        turn.call("payments", "hat:" + from.id(), StringValue.of(from.name()));
        return Int64Value.of(orders.getValue() + 1);
    }

    @Override
    public Int64Value answered(Int64Value orders, String call, Reply reply, Turn<StringValue> turn) {
        PlayerId buyer = new PlayerId(Long.parseLong(call.substring("hat:".length())));
        if (reply instanceof Reply.Ok) {
            turn.take(TILL, "coupon", 1);
            turn.mint(buyer, "hat");
            turn.score("hats", buyer, 1);
        } else if (!((Reply.Failed) reply).cause().mayBeDone()) {
            turn.move(TILL, buyer, COUPON);
        } else {
            // Perhaps it was charged: the coupon stays in the till, and somebody has to look.
            turn.publish("unclear", StringValue.of(call));
            return orders;
        }
        return Int64Value.of(orders.getValue() - 1);
    }

    @Override
    public StringValue view(Int64Value orders, Viewer viewer) {
        return StringValue.of(orders.getValue() + " orders are open");
    }
}
