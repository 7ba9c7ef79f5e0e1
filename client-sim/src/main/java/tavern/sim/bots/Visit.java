package tavern.sim.bots;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.Inventory;
import tavern.protocol.v1.TradeOutcome;
import tavern.sim.audit.KnownTrade;
import tavern.sim.client.ClientListener;
import tavern.sim.client.ClientSettings;
import tavern.sim.client.OfferAnswer;
import tavern.sim.client.TavernClient;
import tavern.sim.client.TavernException;

/**
 * A bot's second login, after the load: what does it own now, and does the server still know how its trades ended? Each
 * is offered again, with the same id and terms, which must give the first outcome and change nothing.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails is handled where it completes
final class Visit implements ClientListener {
    private static final int RETRY_MILLIS = 200;

    private final String room;
    private final List<KnownTrade> trades;
    private final TavernClient client;
    private final long deadlineNanos;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final Set<KnownTrade> confirmed = new HashSet<>();
    private final List<String> differences = new ArrayList<>();
    private @Nullable Inventory inventory;
    private int asked;

    Visit(ClientSettings settings, EventLoop loop, String room, List<KnownTrade> trades, long deadlineNanos) {
        this.room = room;
        this.trades = trades;
        this.deadlineNanos = deadlineNanos;
        this.client = new TavernClient(settings, loop, this);
    }

    @Nullable
    Inventory inventory() {
        return inventory;
    }

    /** Trades that ended as the bots were told. */
    Set<KnownTrade> confirmed() {
        return confirmed;
    }

    List<String> differences() {
        return differences;
    }

    /** Completes, never exceptionally, when all was asked or the time is up. */
    CompletableFuture<Void> run() {
        client.connect().whenComplete((welcome, failure) -> {
            if (failure != null) {
                retry(failure, this::run);
            } else {
                inventory = welcome.getInventory();
                if (trades.isEmpty()) {
                    leave();
                } else {
                    join();
                }
            }
        });
        return done;
    }

    private void join() {
        client.join(room).whenComplete((joined, failure) -> {
            if (failure != null) {
                retry(failure, this::join);
            } else {
                askNext();
            }
        });
    }

    private void askNext() {
        if (asked == trades.size()) {
            leave();
            return;
        }
        KnownTrade trade = trades.get(asked);
        client.tradeOffer(trade.offer()).whenComplete((answer, failure) -> {
            if (failure != null && isForLater(failure)) {
                retry(failure, this::askNext);
                return;
            }
            TradeOutcome outcome = answer instanceof OfferAnswer.Settled settled
                    ? settled.result().getOutcome()
                    : TradeOutcome.TRADE_OUTCOME_UNSPECIFIED;
            if (outcome == trade.outcome()) {
                confirmed.add(trade);
            } else {
                differences.add("trade of " + trade.from() + " with "
                        + trade.offer().getTo() + " was told as " + trade.outcome() + "; asked again: "
                        + (failure == null ? answer : failure.getMessage()));
            }
            asked++;
            askNext();
        });
    }

    private static boolean isForLater(Throwable failure) {
        return !(cause(failure) instanceof TavernException no) || no.code().getNumber() / 100 == 6;
    }

    private static Throwable cause(Throwable failure) {
        return failure.getCause() == null ? failure : failure.getCause();
    }

    private void retry(Throwable failure, Runnable again) {
        if (deadlineNanos - System.nanoTime() <= 0) {
            differences.add("not audited in time: " + cause(failure).getMessage());
            leave();
            return;
        }
        int hint = cause(failure) instanceof TavernException no ? no.retryAfterMillis() : 0;
        Runnable next = client.isLive() ? again : this::run;
        client.eventLoop().schedule(next, Math.max(RETRY_MILLIS, hint), TimeUnit.MILLISECONDS);
    }

    private void leave() {
        client.bye();
        done.complete(null);
    }
}
