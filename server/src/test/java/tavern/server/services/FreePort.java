package tavern.server.services;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.SplittableRandom;

/** Finds a free port for a server that cannot choose one itself. */
public final class FreePort {
    // Below the ports that the kernel gives to connections: a probe of a closed one of those can connect to itself.
    private static final int FIRST = 20_000;
    private static final int AFTER_LAST = 32_000;

    private static final SplittableRandom random = new SplittableRandom();

    private FreePort() {}

    public static synchronized int find() {
        for (int attempt = 0; attempt < 200; attempt++) {
            int port = random.nextInt(FIRST, AFTER_LAST);
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port from " + FIRST + " to " + AFTER_LAST);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
