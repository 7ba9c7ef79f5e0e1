package tavern.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A file that tells a script, by appearing, that players can connect, and at which address. */
final class ReadyFile {
    private ReadyFile() {}

    /** Moves the file into place when complete, so a script that polls for it never reads half an address. */
    static void write(Path file, InetSocketAddress address) throws IOException {
        Path whole = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(whole, text(address) + "\n");
        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Formats the address as host:port, with brackets around an IPv6 address. */
    static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
