package tavern.server.store.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.game.PlayerId;
import tavern.server.store.ChangeListener;

/**
 * Tells of players that other servers have changed, {@code <who> <player> …}, and of what their operators announce,
 * {@code <who> say <text>}, on one channel; the text is escaped as in an address.
 */
final class Changes implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Changes.class);
    private static final String SAY = "say";
    private static final long RETRY_MILLIS = 5_000;

    private final String self = UUID.randomUUID().toString();
    private final String channel;
    private final StatefulRedisPubSubConnection<String, String> connection;
    private volatile boolean closed;

    Changes(String channel, StatefulRedisPubSubConnection<String, String> connection) {
        this.channel = channel;
        this.connection = connection;
    }

    /** What this server's own announcements begin with. */
    String self() {
        return self;
    }

    String announcement(String text) {
        return self + " " + SAY + " " + URLEncoder.encode(text, UTF_8);
    }

    void tell(ChangeListener listener) {
        connection.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String from, String message) {
                heard(message, listener);
            }

            /** After a reconnect too: what was said in between was missed. */
            @Override
            public void subscribed(String to, long count) {
                listener.allChanged();
            }
        });
        subscribe();
    }

    /** Until it is done: Lettuce comes back only to channels that it had once. */
    private void subscribe() {
        connection.async().subscribe(channel).whenComplete((done, failure) -> {
            if (failure != null && !closed) {
                log.warn("what other servers change is not heard: {}; trying again", failure.getMessage());
                CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS, Runnable::run)
                        .execute(this::subscribe);
            }
        });
    }

    private void heard(String message, ChangeListener listener) {
        String[] words = message.split(" ");
        if (words[0].equals(self)) {
            return;
        }
        try {
            if (words.length == 3 && words[1].equals(SAY)) {
                listener.announced(URLDecoder.decode(words[2], UTF_8));
                return;
            }
            for (int i = 1; i < words.length; i++) {
                listener.playerChanged(new PlayerId(Decimal.parse(words[i])));
            }
        } catch (ForeignValueException | IllegalArgumentException e) {
            listener.allChanged(); // whoever says so on our channel, something may have changed
        }
    }

    @Override
    public void close() {
        closed = true;
        connection.close();
    }
}
