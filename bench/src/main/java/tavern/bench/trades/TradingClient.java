package tavern.bench.trades;

import com.google.protobuf.ByteString;
import io.netty.channel.EventLoop;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tavern.client.ClientListener;
import tavern.client.ClientSettings;
import tavern.client.TavernClient;
import tavern.client.TavernException;
import tavern.protocol.v1.Error;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TradeOffer;
import tavern.protocol.v1.TradeOffered;
import tavern.protocol.v1.TradeOutcome;
import tavern.protocol.v1.TradeResult;

/**
 * A player on a connection that trades like {@link SocketlessTrader}. Confined to its event loop, except {@link
 * #begin}.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures are handled where the futures complete
final class TradingClient implements ClientListener {
    private static final int RETRY_MILLIS = 20;
    private static final Goods GIVE = one("gold");
    private static final Goods WANT = one("potion");

    private final TcpMarket market;
    private final EventLoop loop;
    private final TavernClient client;
    private final String name;
    private final String partner;

    TradingClient(TcpMarket market, ClientSettings settings, EventLoop loop, String partner) {
        this.market = market;
        this.loop = loop;
        this.client = new TavernClient(settings, loop, this);
        this.name = settings.token();
        this.partner = partner;
    }

    private static Goods one(String kind) {
        return Goods.newBuilder()
                .addStacks(Stack.newBuilder().setKind(kind).setCount(1))
                .build();
    }

    /** Completes when the player is in the room. */
    CompletionStage<?> enter(String room) {
        return client.connect().thenCompose(welcome -> client.join(room));
    }

    void begin(int offers) {
        loop.execute(() -> {
            for (int i = 0; i < offers; i++) {
                offer();
            }
        });
    }

    void leave() {
        client.bye();
    }

    void offer() {
        TradeOffer offer = TradeOffer.newBuilder()
                .setTradeId(client.newTradeId())
                .setTo(partner)
                .setGive(GIVE)
                .setWant(WANT)
                .build();
        client.tradeOffer(offer).whenComplete((answer, failure) -> {
            if (failure != null && isNotNow(failure)) {
                // No trade was opened, so make the offer again later.
                loop.schedule(() -> market.again(this), RETRY_MILLIS, TimeUnit.MILLISECONDS);
            } else if (failure != null) {
                market.fault(name + "'s offer: " + failure);
            }
        });
    }

    private void accept(String from, ByteString trade) {
        client.tradeAccept(from, trade).whenComplete((result, failure) -> {
            if (failure != null && isNotNow(failure)) {
                loop.schedule(() -> accept(from, trade), RETRY_MILLIS, TimeUnit.MILLISECONDS);
            } else if (failure != null) {
                market.fault(name + "'s accept: " + failure);
            }
        });
    }

    private static boolean isNotNow(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof TavernException refusal
                && (refusal.code() == ErrorCode.BUSY || refusal.code() == ErrorCode.UNAVAILABLE);
    }

    @Override
    public void onTradeOffered(TradeOffered offered) {
        accept(offered.getFrom(), offered.getTradeId());
    }

    @Override
    public void onTradeResult(TradeResult result) {
        if (!result.getFrom().equals(name)) {
            return;
        }
        if (result.getOutcome() == TradeOutcome.COMMITTED) {
            market.committed(this);
        } else {
            market.fault("a trade ended " + result.getOutcome() + ", " + result.getReason());
        }
    }

    @Override
    public void onFault(String what) {
        market.fault(name + ": " + what);
    }

    @Override
    public void onDisconnected(@Nullable Error error, @Nullable Throwable cause) {
        market.disconnected(name + " was disconnected: " + (error != null ? error.getText() : String.valueOf(cause)));
    }
}
