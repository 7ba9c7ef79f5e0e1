package tavern.server.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections to the ops port that ask for nothing, very slowly, or for more than they read, do not silence health. */
class OpsCrowdIT {
    private static final int CONNECTIONS_MAX = 256;

    @TempDir
    Path folder;

    @Test
    void healthIsToldWhileAllConnectionsAreTaken() throws Exception {
        try (TestServer server = TestServer.start(folder, "ops.enabled=true")) {
            List<Socket> crowd = new ArrayList<>();
            OpsClient ops = OpsClient.of(server.opsAddress());
            for (int i = 0; i < 2 * CONNECTIONS_MAX; i++) {
                Socket socket = connect(server.opsAddress());
                crowd.add(socket);
                if (i % 2 == 0) {
                    socket.getOutputStream().write("GET /healthz HTTP/1.1\r\nHost: ".getBytes(US_ASCII));
                }
                if (i >= CONNECTIONS_MAX && i % 16 == 0) {
                    assertThat(ops.get("/healthz").status()).isEqualTo(200);
                }
            }
            assertThat(ops.get("/healthz").status()).isEqualTo(200);
            for (Socket socket : crowd) {
                socket.close();
            }
        }
    }

    /** Each asks for more than the system buffers for it, and more of them than there are threads. */
    @Test
    void healthIsToldWhileManyAskForMoreAndMoreAndReadNothing() throws Exception {
        String request = "GET /lib/uPlot.esm.js HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
        byte[] requests = request.repeat(50).getBytes(US_ASCII);
        try (TestServer server = TestServer.start(folder, "ops.enabled=true")) {
            OpsClient ops = OpsClient.of(server.opsAddress());
            List<Socket> crowd = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                Socket socket = new Socket();
                socket.setReceiveBufferSize(4_096);
                socket.connect(server.opsAddress());
                socket.getOutputStream().write(requests);
                crowd.add(socket);
                if (i % 8 == 7) {
                    assertThat(ops.get("/healthz").status()).isEqualTo(200);
                }
            }
            for (Socket socket : crowd) {
                socket.close();
            }
        }
    }

    private static Socket connect(InetSocketAddress address) throws IOException {
        return new Socket(address.getAddress(), address.getPort());
    }
}
