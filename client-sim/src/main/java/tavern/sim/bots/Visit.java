package tavern.sim.bots;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tavern.client.ClientListener;
import tavern.client.ClientSettings;
import tavern.client.OfferAnswer;
import tavern.client.TavernClient;
import tavern.client.TavernException;
import tavern.protocol.v1.Inventory;
import tavern.protocol.v1.TradeOutcome;
import tavern.sim.audit.KnownTrade;

/**
 * A bot's second login, after the load: it finds out what the bot owns now, and whether the server still knows how its
 * trades ended. Each trade is offered again with the same id and terms, which must give the first outcome and change
 * nothing.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures are handled where the future completes
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
    private int verified;

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

    /** Trades that, according to the server, ended as the bots were told. */
    Set<KnownTrade> confirmed() {
        return confirmed;
    }

    List<String> differences() {
        return differences;
    }

    /** Completes, never exceptionally, when all trades are verified or the time is up. */
    CompletableFuture<Void> run() {
        client.connect().whenComplete((welcome, failure) -> {
            if (failure != null) {
                retry(failure, this::run);
            } else if (inventory != null) {
                begin();
            }
        });
        return done;
    }

    @Override
    public void onInventory(Inventory told) {
        boolean isFirst = inventory == null;
        inventory = told;
        if (isFirst) {
            begin();
        }
    }

    private void begin() {
        if (trades.isEmpty()) {
            leave();
        } else {
            join();
        }
    }

    private void join() {
        client.join(room).whenComplete((joined, failure) -> {
            if (failure != null) {
                retry(failure, this::join);
            } else {
                verifyNext();
            }
        });
    }

    private boolean isLate() {
        return deadlineNanos - System.nanoTime() <= 0;
    }

    private void verifyNext() {
        if (verified == trades.size()) {
            leave();
            return;
        }
        KnownTrade trade = trades.get(verified);
        client.tradeOffer(trade.offer()).whenComplete((answer, failure) -> {
            if (failure != null && isRetryable(failure)) {
                retry(failure, this::verifyNext);
                return;
            }
            TradeOutcome outcome = answer instanceof OfferAnswer.Settled settled
                    ? settled.result().getOutcome()
                    : TradeOutcome.TRADE_OUTCOME_UNSPECIFIED;
            if (outcome == trade.outcome()) {
                confirmed.add(trade);
            } else {
                differences.add("trade of " + trade.from() + " with "
                        + trade.offer().getTo() + " was reported as " + trade.outcome() + "; offered again: "
                        + (failure == null ? answer : failure.getMessage()));
            }
            verified++;
            verifyNext();
        });
    }

    private static boolean isRetryable(Throwable failure) {
        return !(cause(failure) instanceof TavernException no) || no.code().getNumber() / 100 == 6;
    }

    private static Throwable cause(Throwable failure) {
        return failure.getCause() == null ? failure : failure.getCause();
    }

    private void retry(Throwable failure, Runnable again) {
        if (isLate()) {
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
