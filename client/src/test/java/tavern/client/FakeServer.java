package tavern.client;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Limits;
import tavern.protocol.v1.ServerMessage;

/** The server's end of a real connection, driven step by step by a test; each call blocks for at most a minute. */
final class FakeServer implements AutoCloseable {
    private static final int MILLIS_MAX = 60_000;

    /** So long that no client pings by itself while a test says what comes next. */
    private static final int PING_MILLIS = 600_000;

    /** For the Welcome: so long that no client takes this server for gone. */
    static final Limits PATIENT = Limits.newBuilder().setIdleMs(3 * PING_MILLIS).build();

    private final ServerSocket listening;
    private Socket connection = new Socket();

    FakeServer() throws IOException {
        listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        listening.setSoTimeout(MILLIS_MAX);
    }

    ClientSettings settings() {
        return settings("ann");
    }

    ClientSettings settings(String token) {
        ClientSettings usual = ClientSettings.of("127.0.0.1", listening.getLocalPort(), token);
        return new ClientSettings(
                usual.host(),
                usual.port(),
                usual.token(),
                usual.tls(),
                usual.connectMillis(),
                PING_MILLIS,
                usual.frameBytesMax(),
                usual.requestsMax(),
                usual.requestMillis(),
                usual.sayMillis(),
                usual.followsRedirects());
    }

    void accept() throws IOException {
        connection = listening.accept();
        connection.setSoTimeout(MILLIS_MAX);
    }

    ClientMessage read() throws IOException {
        InputStream in = connection.getInputStream();
        ClientMessage message = ClientMessage.parseDelimitedFrom(in);
        if (message == null) {
            throw new IOException("the client closed the connection");
        }
        return message;
    }

    boolean isAtEnd() throws IOException {
        return connection.getInputStream().read() < 0;
    }

    void write(ServerMessage.Builder message) throws IOException {
        message.build().writeDelimitedTo(connection.getOutputStream());
    }

    void writeFrame(ByteString frame) throws IOException {
        frame.writeTo(connection.getOutputStream());
    }

    void writeRaw(int... bytes) throws IOException {
        for (int each : bytes) {
            connection.getOutputStream().write(each);
        }
    }

    void drop() throws IOException {
        connection.close();
    }

    @Override
    public void close() throws IOException {
        connection.close();
        listening.close();
    }
}
