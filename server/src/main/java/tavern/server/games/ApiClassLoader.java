package tavern.server.games;

import java.util.List;
import tavern.game.GameModule;

/**
 * What games may see of the server: the API with the protocol's messages, protobuf, and Java itself. Everything else a game
 * brings along, in versions of its own.
 */
final class ApiClassLoader extends ClassLoader {
    private static final List<String> PACKAGES =
            List.of("tavern.game.", "tavern.protocol.v1.", "com.google.protobuf.", "org.jspecify.");

    static {
        registerAsParallelCapable();
    }

    private final ClassLoader server;

    ApiClassLoader() {
        super("api", ClassLoader.getPlatformClassLoader());
        server = GameModule.class.getClassLoader();
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        if (PACKAGES.stream().anyMatch(name::startsWith)) {
            return server.loadClass(name);
        }
        throw new ClassNotFoundException(name);
    }
}
