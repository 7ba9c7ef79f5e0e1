package tavern.bench.reference;

import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.CountDownLatch;

/**
 * Runs the reference as a process. Takes {@code --ready-file F} as {@code bin/server} does; exits with 0 after
 * SIGTERM.
 */
public final class ReferenceMain {
    private ReferenceMain() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length != 2 || !arguments[0].equals("--ready-file")) {
            throw new IllegalArgumentException("usage: --ready-file F");
        }
        // As Tavern does: by default Netty records a stack trace for every 128th buffer.
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        ReferenceServer server = ReferenceServer.start(
                Integer.getInteger("room.tick-hz", 20),
                Boolean.getBoolean("reference.at-once"),
                Boolean.getBoolean("reference.io-uring"));
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            server.close();
                            Runtime.getRuntime().halt(0);
                        },
                        "shutdown"));
        announce(Path.of(arguments[1]), server.address());
        // Wait forever: the shutdown hook ends the process.
        new CountDownLatch(1).await();
    }

    private static void announce(Path file, InetSocketAddress address) throws IOException {
        Path written = Path.of(file + ".new");
        Files.writeString(written, address.getAddress().getHostAddress() + ":" + address.getPort());
        Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
