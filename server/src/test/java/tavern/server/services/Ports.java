package tavern.server.services;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.SplittableRandom;

/** Free ports below those that the kernel gives to clients: whoever polls a closed one of those may meet itself. */
public final class Ports {
    private static final int LOWEST = 20_000;
    private static final int BEYOND = 32_768;
    private static final SplittableRandom RANDOM = new SplittableRandom(System.nanoTime());

    private Ports() {}

    public static synchronized int free() {
        while (true) {
            int port = RANDOM.nextInt(LOWEST, BEYOND);
            try (ServerSocket probe = new ServerSocket()) {
                probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return port;
            } catch (IOException taken) {
                // The next one, then.
                continue;
            }
        }
    }
}
