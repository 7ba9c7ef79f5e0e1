package tavern.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import tavern.server.config.TavernConfig;

/** Stands in for the composition root: listens, and nothing more. */
public final class TavernServer implements AutoCloseable {
    private final ServerSocket socket;

    private TavernServer(ServerSocket socket) {
        this.socket = socket;
    }

    public static TavernServer start(TavernConfig config) throws IOException {
        return new TavernServer(new ServerSocket(
                config.net().port(), 50, InetAddress.getByName(config.net().host())));
    }

    public InetSocketAddress address() {
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
