package tavern.server.games;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import java.io.IOException;
import java.lang.module.ModuleDescriptor.Version;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.game.GameModule;
import tavern.game.GameType;

/** Loads one jar, and says what is wrong with one that cannot be loaded. */
final class JarLoader {
    private static final Logger log = LoggerFactory.getLogger(JarLoader.class);
    private static final String SERVICE = "META-INF/services/" + GameModule.class.getName();
    private static final ClassLoader API = new ApiClassLoader();

    private JarLoader() {}

    /** The jar cannot be used: why, and the cure. */
    static final class UnusableJarException extends Exception {
        private static final long serialVersionUID = 1;

        UnusableJarException(String text) {
            super(text, null, false, false);
        }

        String text() {
            return String.valueOf(getMessage()).replaceAll("\\p{Cntrl}+", " ");
        }
    }

    // Broken files make Java's own reader throw anything.
    @SuppressWarnings("IllegalCatch")
    static JarContents read(Path file) throws UnusableJarException {
        try {
            return JarContents.read(file);
        } catch (ZipException e) {
            throw new UnusableJarException("is not a complete jar (" + e.getMessage() + "); build or copy it again");
        } catch (IOException | RuntimeException e) {
            throw new UnusableJarException("cannot be read: " + e.getMessage());
        }
    }

    /** Runs code of the game. */
    // Whatever the code of a game does, the operator is told which jar it was.
    @SuppressWarnings("IllegalCatch")
    static GameJar load(String file, JarContents contents, long nowMillis) throws UnusableJarException {
        if (!contents.entries().containsKey(SERVICE)) {
            throw new UnusableJarException(
                    "has no " + SERVICE + ", which names the class that implements GameModule; see docs/GAMES.md");
        }
        requireApi(contents.apiVersion(), GameModule.class.getPackage().getImplementationVersion());
        try {
            List<GameType<?, ?, ?>> games = games(file, contents);
            return new GameJar(file, contents.version(), contents.fingerprint(), nowMillis, games);
        } catch (Throwable e) {
            log.debug("{} cannot be loaded", file, e);
            throw e instanceof UnusableJarException unusable ? unusable : new UnusableJarException(explain(e));
        }
    }

    /**
     * Refuses a game that may want more of the API than there is; one that was built with an older API finds all that it
     * wants.
     *
     * @param built with which the game was built, as its manifest says; empty if it does not
     * @param own of this server; null when run from classes
     */
    static void requireApi(String built, @Nullable String own) throws UnusableJarException {
        if (built.isEmpty()) {
            return;
        }
        Version wanted;
        try {
            wanted = Version.parse(built);
        } catch (IllegalArgumentException e) {
            throw new UnusableJarException("has no version as Tavern-Api-Version in its manifest, but \"" + built
                    + "\"; write the version of tavern-game that it is built with, such as 0.1.0, or leave it out");
        }
        if (own != null && wanted.compareTo(Version.parse(own)) > 0) {
            throw new UnusableJarException("was built with tavern-game " + built + ", and this server has " + own
                    + "; build it with " + own + ", or give it to a server that is as new");
        }
    }

    private static List<GameType<?, ?, ?>> games(String file, JarContents contents) throws UnusableJarException {
        ClassLoader loader = new JarClassLoader(file, contents.entries(), API);
        List<GameType<?, ?, ?>> games = OwnLoaderGame.with(loader, () -> games(loader));
        if (games.isEmpty()) {
            throw new UnusableJarException("has no games: its GameModule returns none");
        }
        for (GameType<?, ?, ?> game : games) {
            check(game);
        }
        return games.stream()
                .<GameType<?, ?, ?>>map(game -> OwnLoaderGame.of(game, loader))
                .toList();
    }

    private static List<GameType<?, ?, ?>> games(ClassLoader loader) {
        List<GameType<?, ?, ?>> games = new ArrayList<>();
        for (GameModule module : ServiceLoader.load(GameModule.class, loader)) {
            games.addAll(module.games());
        }
        return games;
    }

    /** Finds now what players would find otherwise: that the game was made for another version of the API or of protobuf. */
    private static void check(GameType<?, ?, ?> type) throws UnusableJarException {
        for (Method method : type.game().getClass().getMethods()) {
            if (Modifier.isAbstract(method.getModifiers())) {
                throw new UnusableJarException("its game " + type.name() + " has no method " + method.getName()
                        + " as the API wants it" + otherApi());
            }
        }
        check(type.states());
        check(type.messages());
    }

    private static void check(Parser<?> parser) {
        try {
            parser.parseFrom(ByteString.EMPTY);
        } catch (InvalidProtocolBufferException e) {
            // It has required fields, and the parser works.
            log.trace("an empty message", e);
        }
    }

    private static String explain(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof ServiceConfigurationError || cause instanceof ExceptionInInitializerError)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof ServiceConfigurationError) {
            return cause.getMessage() + "; " + SERVICE
                    + " must name public classes of this jar that implement GameModule and have a constructor without"
                    + " parameters";
        }
        if (cause instanceof UnsupportedClassVersionError) {
            return "was compiled for a newer Java than this server's, which is "
                    + Runtime.version().feature() + " (" + cause.getMessage()
                    + "); compile it with maven.compiler.release = 17";
        }
        if (cause instanceof NoClassDefFoundError || cause instanceof ClassNotFoundException) {
            return "needs a class that it does not find (" + cause.getMessage()
                    + "); of the server, games see tavern.game, tavern.protocol.v1 and protobuf, and everything else has"
                    + " to be in the jar";
        }
        if (cause instanceof LinkageError) {
            return cause + otherApi();
        }
        return "its code failed: " + cause + "; look at its GameModule, and at what that makes";
    }

    private static String otherApi() {
        String version = GameModule.class.getPackage().getImplementationVersion();
        return "; it was built for another version of the API: build it with tavern-game "
                + (version == null ? "of this server" : version);
    }
}
