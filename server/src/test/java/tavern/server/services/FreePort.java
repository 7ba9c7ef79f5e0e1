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

    private static final int FORKS_MAX = 8;
    private static final int PORTS = (AFTER_LAST - FIRST) / FORKS_MAX;

    // A port stays free for a while after it was found: another JVM that tests beside this one must not find it too.
    private static final int first = FIRST + (Integer.getInteger("tavern.test.fork", 1) - 1) % FORKS_MAX * PORTS;

    private static int next = new SplittableRandom().nextInt(PORTS);

    private FreePort() {}

    /** One that was not found before, unless all have been. */
    public static synchronized int find() {
        for (int attempt = 0; attempt < PORTS; attempt++) {
            int port = first + next;
            next = (next + 1) % PORTS;
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port from " + first + " to " + (first + PORTS));
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
