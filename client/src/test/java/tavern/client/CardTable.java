package tavern.client;

import com.google.protobuf.Parser;
import com.google.protobuf.StringValue;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.Error;

/** A player of a game of cards, as docs/CLIENT.md shows it. The game's messages are texts here. */
final class CardTable implements GameListener<StringValue> {
    private static final int RETRY_MILLIS = 500;

    private final TavernClient client;
    private final List<String> shown = new ArrayList<>();

    CardTable(ClientSettings settings, EventLoop loop) {
        client = new TavernClient(settings, loop, this);
    }

    CompletableFuture<Void> enter() {
        JoinOptions options = JoinOptions.ofType("cards").withTicket("friend").repeatingSays();
        return client.connect()
                .thenCompose(welcome -> client.room() != null
                        ? CompletableFuture.completedFuture(null) // the session was resumed
                        : client.join("table-1", options).thenApply(joined -> null));
    }

    @Override
    public Parser<StringValue> parser() {
        return StringValue.parser();
    }

    @Override
    public void view(ClientRoom room, StringValue view) {
        shown.clear();
        shown.add(view.getValue());
    }

    @Override
    public void told(StringValue what) {
        shown.add(what.getValue());
    }

    CompletableFuture<Void> deal() {
        return client.say(StringValue.of("deal")).whenComplete((done, failure) -> {
            if (failure instanceof TavernException refused) {
                shown.add(refused.text());
            }
        });
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // a try that fails is followed by the next one
    public void onDisconnected(@Nullable Error error, @Nullable Throwable cause) {
        client.eventLoop().schedule(this::enterAgain, RETRY_MILLIS, TimeUnit.MILLISECONDS);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a try that fails is followed by the next one
    private void enterAgain() {
        enter().whenComplete((done, failure) -> {
            if (failure != null && !client.isLive()) {
                client.eventLoop().schedule(this::enterAgain, RETRY_MILLIS, TimeUnit.MILLISECONDS);
            }
        });
    }

    /** What is on the player's screen. */
    List<String> shown() {
        return shown;
    }

    void leave() {
        client.bye();
    }
}
