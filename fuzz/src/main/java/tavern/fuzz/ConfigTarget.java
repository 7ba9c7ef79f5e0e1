package tavern.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tavern.server.config.ConfigException;
import tavern.server.config.ConfigLoader;

/** A configuration file: every mistake in it is a problem that is reported, and never a stack trace. */
final class ConfigTarget implements FuzzTarget {
    static final String NAME = "config";

    private final Path file;

    ConfigTarget() {
        try {
            file = Files.createTempFile("tavern-fuzz", ".conf");
        } catch (IOException e) {
            throw new IllegalStateException("no temporary file could be made", e);
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String describe() {
        return "a configuration file";
    }

    @Override
    public List<byte[]> seeds() {
        return Stream.of(
                        "net { port = 7000, host = \"127.0.0.1\" }\n",
                        "store.kind = redis\nstore.redis.uri = \"redis://127.0.0.1:6379\"\n",
                        "auth { mode = jwt, jwt { algorithms = [HS256], secret = ${?SECRET} } }\n",
                        "limits.outbound-total-bytes = 64MiB\nroom.tick-hz = 20\n",
                        "games.types { duel { game = cards, capacity = 4 } }\n",
                        "players.starter-kit.stacks { gold = 100, wood = 5 }\n",
                        "services { shop { url = \"http://127.0.0.1:1/x\", timeout-millis = 5 } }\n",
                        "ops { port = 0, tokens = {} }\ntrace.otlp.endpoint = null\n",
                        "a = ${b}\nb = ${a}\n")
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    public void run(byte[] input) throws IOException {
        String text = new String(input, StandardCharsets.UTF_8);
        // Other files are not the input's.
        if (text.contains("include")) {
            return;
        }
        Files.writeString(file, text);
        try {
            ConfigLoader.load(file, Map.of(), Map.of());
        } catch (ConfigException e) {
            if (e.getMessage() == null || e.getMessage().isBlank()) {
                throw new AssertionError("a refusal without a reason", e);
            }
        }
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            file.toFile().deleteOnExit();
        }
    }
}
