package tavern.bench.costs;

import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import tavern.client.ClientListener;
import tavern.client.ClientRoom;
import tavern.client.ClientSettings;
import tavern.client.TavernClient;
import tavern.protocol.v1.Goods;
import tavern.protocol.v1.Stack;
import tavern.protocol.v1.TradeOffer;
import tavern.protocol.v1.TradeOffered;
import tavern.protocol.v1.TradeResult;

/** A player who does what the benchmark says, and accepts every offer. Its listener is confined to its event loop. */
@SuppressWarnings("FutureReturnValueIgnored") // a trade that fails is noticed by who waits for its result
final class CostPlayer implements ClientListener {
    /** Of the map, about. */
    private static final int MIDDLE = 1_600;

    private final String name;
    private final TavernClient client;

    /** Completes with the result of the trade that this player has offered. */
    private volatile CompletableFuture<TradeResult> traded = new CompletableFuture<>();

    CostPlayer(String host, int port, String name, EventLoop loop) {
        this.name = name;
        this.client = new TavernClient(ClientSettings.of(host, port, name), loop, this);
    }

    CompletionStage<?> connect() {
        return client.connect();
    }

    CompletionStage<?> join(String room) {
        return client.join(room);
    }

    CompletionStage<?> leave() {
        return client.leave();
    }

    CompletionStage<?> chat(String text) {
        return client.chat(text);
    }

    /** A step to and fro. */
    void step() {
        client.eventLoop().execute(() -> {
            ClientRoom room = client.room();
            ClientRoom.Entity self = room == null ? null : room.self();
            if (self != null) {
                client.move(self.x() < MIDDLE ? self.x() + 1 : self.x() - 1, self.y());
            }
        });
    }

    /** One gold for one potion. */
    CompletionStage<?> trade(CostPlayer with) {
        CompletableFuture<TradeResult> result = new CompletableFuture<>();
        traded = result;
        return client.tradeOffer(TradeOffer.newBuilder()
                        .setTradeId(client.newTradeId())
                        .setTo(with.name)
                        .setGive(one("gold"))
                        .setWant(one("potion"))
                        .build())
                .thenCompose(open -> result);
    }

    private static Goods one(String kind) {
        return Goods.newBuilder()
                .addStacks(Stack.newBuilder().setKind(kind).setCount(1))
                .build();
    }

    void bye() {
        client.bye();
    }

    @Override
    public void onTradeOffered(TradeOffered offered) {
        client.tradeAccept(offered.getFrom(), offered.getTradeId());
    }

    @Override
    public void onTradeResult(TradeResult result) {
        if (result.getFrom().equals(name)) {
            traded.complete(result);
        }
    }
}
