package tavern.server.store.redis;

import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.UUID;
import tavern.server.game.PlayerId;
import tavern.server.store.ChangeListener;

/** Tells of players that other servers have changed: {@code <who> <player> …} on one channel. */
final class Changes implements AutoCloseable {
    private final String self = UUID.randomUUID().toString();
    private final String channel;
    private final StatefulRedisPubSubConnection<String, String> connection;

    Changes(String channel, StatefulRedisPubSubConnection<String, String> connection) {
        this.channel = channel;
        this.connection = connection;
    }

    /** What this server's own announcements begin with. */
    String self() {
        return self;
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
        connection.async().subscribe(channel);
    }

    private void heard(String message, ChangeListener listener) {
        String[] words = message.split(" ");
        if (words[0].equals(self)) {
            return;
        }
        try {
            for (int i = 1; i < words.length; i++) {
                listener.playerChanged(new PlayerId(Decimal.parse(words[i])));
            }
        } catch (ForeignValueException e) {
            listener.allChanged(); // whoever says so on our channel, something may have changed
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
