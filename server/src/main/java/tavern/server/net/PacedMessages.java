package tavern.server.net;

import io.netty.channel.ChannelFuture;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.ServerMessage;

/**
 * Messages that a connection sends one after another, each once the one before has been written to the socket. However
 * many there are, one of them waits for the client at a time. Confined to the connection's loop.
 */
final class PacedMessages {
    /** The messages sent in one task: the loop's other connections have their turn in between. */
    private static final int AT_ONCE_MAX = 16;

    private final NettyConnection connection;
    private @Nullable Iterator<ServerMessage> rest;

    PacedMessages(NettyConnection connection) {
        this.connection = connection;
    }

    /** @param messages at least one. @return false when earlier messages are still being sent */
    boolean start(Iterator<ServerMessage> messages) {
        if (rest != null) {
            return false;
        }
        rest = messages;
        goOn();
        return true;
    }

    private void goOn() {
        for (int sent = 0; sent < AT_ONCE_MAX; sent++) {
            if (rest == null || !connection.isOpen()) {
                rest = null;
                return;
            }
            ChannelFuture written = connection.sendTracked(rest.next());
            if (!rest.hasNext()) {
                rest = null;
                return;
            }
            if (!written.isDone()) {
                written.addListener(done -> later());
                return;
            }
        }
        later();
    }

    private void later() {
        connection.loop().execute(this::goOn);
    }
}
