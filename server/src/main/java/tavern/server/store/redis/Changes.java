package tavern.server.store.redis;

import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.game.PlayerId;
import tavern.server.store.ChangeListener;
import tavern.server.store.ForeignValueException;
import tavern.server.store.PresenceListener;

/**
 * Publishes and receives, on one channel, which players other servers have changed, {@code <who> <player> …} or {@code
 * <who> erased <player>}, who has logged in there, {@code <who> login <player> <number>}, and what their operators
 * announce, {@code <who> say <text>}; the text is URL-encoded. Messages to one server come over a channel of its own.
 */
final class Changes implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Changes.class);
    private static final String SAY = "say";
    private static final String ERASED = "erased";
    private static final String LOGIN = "login";
    private static final long RETRY_MILLIS = 5_000;

    private final String self = UUID.randomUUID().toString();
    private final String channel;
    private final StatefulRedisPubSubConnection<String, String> connection;
    private volatile boolean closed;

    Changes(String channel, StatefulRedisPubSubConnection<String, String> connection) {
        this.channel = channel;
        this.connection = connection;
    }

    /** The sender's name in this server's own messages. */
    String self() {
        return self;
    }

    String announcement(String text) {
        return self + " " + SAY + " " + EncodedWord.of(text);
    }

    /** The text of a message to one server. */
    static String message(List<String> words) {
        return words.stream().map(EncodedWord::of).collect(Collectors.joining(" "));
    }

    void tell(ChangeListener listener) {
        connection.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String from, String message) {
                if (from.equals(channel)) {
                    heard(message, listener);
                }
            }

            /** Also called after a reconnect: messages in between were missed. */
            @Override
            public void subscribed(String to, long count) {
                if (to.equals(channel)) {
                    listener.allChanged();
                }
            }
        });
        subscribe(channel);
    }

    /** @param own the channel with the messages to this server */
    void tell(String own, PresenceListener listener) {
        connection.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String from, String message) {
                if (from.equals(own)) {
                    told(message, listener);
                } else {
                    heardOfLogin(message, listener);
                }
            }

            @Override
            public void subscribed(String to, long count) {
                if (to.equals(channel)) {
                    listener.loginsMissed();
                }
            }
        });
        subscribe(own);
    }

    /** Repeated until it succeeds: Lettuce resubscribes only to channels that it was subscribed to before. */
    private void subscribe(String to) {
        connection.async().subscribe(to).whenComplete((done, failure) -> {
            if (failure != null && !closed) {
                log.warn("changes by other servers are not received: {}; trying again", failure.getMessage());
                CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS, Runnable::run)
                        .execute(() -> subscribe(to));
            }
        });
    }

    private void heard(String message, ChangeListener listener) {
        String[] words = message.split(" ");
        if (words[0].equals(self) || isLogin(words)) {
            return;
        }
        try {
            if (words.length == 3 && words[1].equals(SAY)) {
                listener.announced(EncodedWord.decode(words[2]));
                return;
            }
            if (words.length == 3 && words[1].equals(ERASED)) {
                listener.playerErased(new PlayerId(Decimal.parse(words[2])));
                return;
            }
            for (int i = 1; i < words.length; i++) {
                listener.playerChanged(new PlayerId(Decimal.parse(words[i])));
            }
        } catch (ForeignValueException e) {
            listener.allChanged(); // a message in an unknown format on our channel may mean any change
        }
    }

    private static boolean isLogin(String[] words) {
        return words.length == 4 && words[1].equals(LOGIN);
    }

    private void heardOfLogin(String message, PresenceListener listener) {
        String[] words = message.split(" ");
        if (words[0].equals(self) || !isLogin(words)) {
            return;
        }
        try {
            listener.loggedIn(new PlayerId(Decimal.parse(words[2])), Decimal.parse(words[3]));
        } catch (ForeignValueException e) {
            listener.loginsMissed();
        }
    }

    private static void told(String message, PresenceListener listener) {
        try {
            listener.told(Arrays.stream(message.split(" ", -1))
                    .map(EncodedWord::decode)
                    .toList());
        } catch (ForeignValueException e) {
            log.warn("a message on this server's channel is not one of ours: {}", e.getMessage());
        }
    }

    @Override
    public void close() {
        closed = true;
        connection.close();
    }
}
