package tavern.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.TavernServer;
import tavern.server.books.Conservation;
import tavern.server.config.TavernConfig;
import tavern.server.game.RoomRules;
import tavern.server.game.TavernRules;
import tavern.server.game.WordFilter;
import tavern.server.store.Realm;
import tavern.server.store.Store;

/**
 * A server for each test, a {@link Bystander} in its hall, and after the test what must hold whatever was done: the
 * bystander noticed nothing and is alone, no session is left over, all goods are accounted for, no buffer leaked, and
 * nothing unexpected was logged.
 */
final class Tavern implements BeforeEachCallback, AfterEachCallback {
    static final String HALL = "hall";

    private static final Logger log = LoggerFactory.getLogger(Tavern.class);

    private final List<String> overrides;
    private final List<RawClient> clients = new CopyOnWriteArrayList<>();
    private Supplier<String[]> settings = () -> new String[0];
    private UnaryOperator<String> tokens = UnaryOperator.identity();
    private Function<TavernConfig, RoomRules.Factory> rules =
            config -> TavernRules.factory(config.game(), WordFilter.of(List.of()));
    private @Nullable Path folder;
    private @Nullable TavernConfig config;
    private @Nullable Logs logs;
    private @Nullable TestServer server;
    private @Nullable Bystander bystander;

    private Tavern(List<String> overrides) {
        this.overrides = overrides;
    }

    /** @param overrides of the configuration, for all tests of the class; a lost session is kept for one second */
    static Tavern with(String... overrides) {
        return new Tavern(Stream.concat(Stream.of("limits.resume-seconds=1"), Stream.of(overrides))
                .toList());
    }

    /** Sets how a player's name becomes a token. */
    Tavern tokens(UnaryOperator<String> tokenOfName) {
        tokens = tokenOfName;
        return this;
    }

    /** Adds settings, which are computed before each test. */
    Tavern settings(Supplier<String[]> more) {
        settings = more;
        return this;
    }

    Tavern rules(Function<TavernConfig, RoomRules.Factory> rulesOfRooms) {
        rules = rulesOfRooms;
        return this;
    }

    // ---- for tests ----

    TestServer server() {
        return Objects.requireNonNull(server);
    }

    InetSocketAddress address() {
        return server().address();
    }

    Path folder() {
        return Objects.requireNonNull(folder);
    }

    Logs logs() {
        return Objects.requireNonNull(logs);
    }

    Bystander bystander() {
        return Objects.requireNonNull(bystander);
    }

    /** Opens a connection that has said nothing yet. */
    RawClient stranger() throws IOException {
        return known(new RawClient(address()));
    }

    /** Opens a connection that has said nothing yet and buffers few unread bytes. */
    RawClient stranger(int receiveBytes) throws IOException {
        return known(new RawClient(address(), receiveBytes));
    }

    /** A client of a connection that says nothing by itself. */
    RawClient over(Socket socket) throws IOException {
        return known(new RawClient(socket, socket.getInputStream(), socket.getOutputStream()));
    }

    /** Opens a WebSocket that has said nothing yet. */
    RawClient webSocket() throws IOException {
        return known(RawWebSocket.open(address()).client());
    }

    RawClient client(String player) throws IOException {
        RawClient client = stranger();
        client.login(tokens.apply(player));
        return client;
    }

    RawClient client(String player, String room) throws IOException {
        RawClient client = client(player);
        client.join(room);
        return client;
    }

    RawClient resumed(RawClient lost) throws IOException {
        return known(lost.resumed(address()));
    }

    RawClient successor(RawClient lost) throws IOException {
        return known(lost.successor(address()));
    }

    private RawClient known(RawClient client) {
        clients.add(client);
        return client;
    }

    // ---- around each test ----

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        logs = new Logs();
        folder = Files.createTempDirectory("tavern-it");
        List<String> all = new ArrayList<>(overrides);
        all.addAll(List.of(settings.get()));
        With own = context.getRequiredTestMethod().getAnnotation(With.class);
        if (own != null) {
            all.addAll(List.of(own.value()));
        }
        config = TestServer.config(folder, all.toArray(String[]::new));
        server = TestServer.start(config, rules.apply(config));
        bystander = new Bystander(client("bystander", HALL));
        clients.clear();
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        try {
            if (server != null) {
                endWatch();
            }
        } finally {
            if (bystander != null) {
                bystander.close();
            }
            for (RawClient client : clients) {
                client.close();
            }
            clients.clear();
            if (server != null) {
                server.close();
                server = null;
            }
            checkWhatIsLeft();
        }
    }

    private void endWatch() throws Exception {
        clients.forEach(Tavern::sendHome);
        // The bystander watches until then: in a test with short limits it would be idle before a lost session ends.
        await("only the bystander is left").until(() -> bystander().hasNoticedSomething() || server().sessions() == 1);
        bystander().noticedNothing();
        assertThat(bystander().lookAround(HALL)).containsExactly(bystander().name());
        sendHome(bystander().client());
        await("nobody is left").until(() -> server().sessions() == 0);
    }

    private static void sendHome(RawClient client) {
        try {
            if (client.isLoggedIn()) {
                // Above every number that a test may have made up.
                client.seq(client.seq() + 1_000);
                client.send(Say.bye());
                client.closedWith();
            }
            client.close();
        } catch (IOException e) {
            log.trace("was gone before", e);
        }
    }

    private void checkWhatIsLeft() throws Exception {
        try (Logs all = logs()) {
            try (Store store = TavernServer.openExistingStore(Objects.requireNonNull(config))) {
                Conservation conservation = Realm.check(store);
                assertThat(conservation.differences()).as("goods").isEmpty();
            }
            Leaks.surface();
            assertThat(all.unexpected()).as("logged").isEmpty();
        } finally {
            delete(folder());
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
