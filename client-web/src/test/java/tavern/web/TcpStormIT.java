package tavern.web;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tavern.server.it.TestServer;

class TcpStormIT {
    @TempDir
    Path folder;

    @Test
    void inNodeNothingIsLostOrHeardTwiceWhereverTheConnectionBreaks() throws Exception {
        StormSize storm = StormSize.ofTheBuild();
        try (TestServer server = TestServer.start(folder.resolve("data"), StormSize.server())) {
            NodeProgram.Ended ended = NodeProgram.run(
                    folder,
                    storm.patience(),
                    "storm-main.js",
                    "127.0.0.1",
                    server.address().getPort(),
                    storm.sessions(),
                    storm.cuts(),
                    storm.seed());
            storm.check(ended.output());
        }
    }
}
