package tavern.sim.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for servers that are started again and must be found at the same place. Unlike those that the system gives out, they are
 * below the range from which it takes ports for connections, so that none of those gets one while its server is away.
 */
public final class FreePorts {
    private static final int FROM = 15_000;
    private static final int BELOW = 32_000;
    private static final int TRIES_MAX = 1_000;

    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private FreePorts() {}

    /** Never the same twice, because those that were given may not be in use yet. @throws IOException when none is free */
    public static int next() throws IOException {
        for (int i = 0; i < TRIES_MAX; i++) {
            int port = ThreadLocalRandom.current().nextInt(FROM, BELOW);
            if (isFree(port) && GIVEN.add(port)) {
                return port;
            }
        }
        throw new IOException("no port from " + FROM + " to " + BELOW + " is free");
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
