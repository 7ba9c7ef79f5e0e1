package tavern.bench;

import java.nio.file.Files;
import java.nio.file.Path;

/** A server that was built in another checkout of Tavern. */
public record MeasuredBuild(Path checkout) {
    static boolean isIn(Path checkout) {
        return Files.isRegularFile(new MeasuredBuild(checkout).jar());
    }

    private Path jar() {
        return checkout.resolve("server/target/tavern-server.jar");
    }

    /** The jar and its libraries, which its manifest does not name. */
    public String classPath() {
        return jar() + ":" + checkout.resolve("server/target/lib") + "/*";
    }
}
