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
        int port = RANDOM.nextInt(LOWEST, BEYOND);
        while (!isFree(port)) {
            port = RANDOM.nextInt(LOWEST, BEYOND);
        }
        return port;
    }

    private static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
