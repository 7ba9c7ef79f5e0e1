package tavern.server.session;

import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import tavern.protocol.Protocol;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.Hello;

/**
 * P-5: the stage before the client has identified itself, for which it has a few seconds; the server's own time does
 * not count.
 */
public final class HandshakeStage implements Stage {
    private static final String WAIT = "wait for Welcome before the next message";

    private final Logins logins;
    private final Connection connection;
    private final int helloSeconds;
    private Future<?> deadline;
    private boolean greeted;

    /** Call on the connection's loop. @param helloSeconds the time the client has for a complete Hello */
    public HandshakeStage(Logins logins, Connection connection, int helloSeconds) {
        this.logins = logins;
        this.connection = connection;
        this.helloSeconds = helloSeconds;
        this.deadline = schedule(connection, helloSeconds);
    }

    /** The limit counts from the start, not from the last byte: sending one byte a second does not help. */
    private static Future<?> schedule(Connection connection, int seconds) {
        return connection
                .loop()
                .schedule(
                        () -> connection.close(ErrorCode.HELLO_TIMEOUT, "no Hello within " + seconds + " s"),
                        seconds,
                        TimeUnit.SECONDS);
    }

    @Override
    public void on(ClientMessage message) {
        if (greeted) {
            if (message.hasHello()) {
                connection.close(message.getSeq(), ErrorCode.HELLO_REPEATED, WAIT);
            } else {
                fail(ErrorCode.HELLO_EXPECTED, WAIT);
            }
        } else if (!message.hasHello()) {
            fail(ErrorCode.HELLO_EXPECTED, "the first message must be Hello");
        } else {
            greeted = true;
            deadline.cancel(false);
            greet(message.getSeq(), message.getHello());
        }
    }

    @Override
    public void onMove(int seq, int x, int y) {
        fail(ErrorCode.HELLO_EXPECTED, greeted ? WAIT : "the first message must be Hello");
    }

    private void greet(int seq, Hello hello) {
        int version = hello.getProtocolVersion();
        if (version < Protocol.VERSION_MIN || version > Protocol.VERSION_MAX) {
            // P-6: the client's protocol version must be supported.
            connection.close(
                    seq,
                    ErrorCode.UNSUPPORTED_VERSION,
                    "protocol_version must be " + Protocol.VERSION_MIN + " to " + Protocol.VERSION_MAX);
        } else {
            logins.login(this, connection, seq, hello);
        }
    }

    /** The server could not let the client in: the client may say Hello again, and its time starts anew. */
    void again() {
        if (connection.isOpen()) {
            greeted = false;
            deadline = schedule(connection, helloSeconds);
        }
    }

    @Override
    public void fail(ErrorCode code, String text) {
        connection.close(code, text);
    }

    @Override
    public void closed() {
        deadline.cancel(false);
    }

    @Override
    public String name() {
        return "handshake";
    }
}
