package tavern.web;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.it.TestServer;
import tavern.server.tls.TestCertificate;

class TcpStormIT {
    @TempDir
    Path folder;

    @Test
    void inNodeNothingIsLostOrHeardTwiceWhereverTheConnectionBreaks() throws Exception {
        storm(List.of());
    }

    @Test
    void overTlsNeither() throws Exception {
        TestCertificate made = TestCertificate.make(folder, "game");
        storm(
                List.of("net.tls.cert=" + made.certificateFile(), "net.tls.key=" + made.keyFile()),
                made.certificateFile());
    }

    private void storm(List<String> more, Object... arguments) throws Exception {
        StormSize storm = StormSize.ofTheBuild();
        List<String> settings = new ArrayList<>(List.of(StormSize.server()));
        settings.addAll(more);
        try (TestServer server =
                TestServer.start(Files.createDirectory(folder.resolve("data")), settings.toArray(String[]::new))) {
            List<Object> all = new ArrayList<>(
                    List.of("127.0.0.1", server.address().getPort(), storm.sessions(), storm.cuts(), storm.seed()));
            all.addAll(List.of(arguments));
            NodeProgram.Ended ended = NodeProgram.run(folder, storm.patience(), "storm-main.js", all.toArray());
            storm.check(ended.output());
        }
    }
}
