package tavern.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tavern.server.games.GamesSettings;
import tavern.server.net.NetSettings;
import tavern.server.services.ServiceSettings;
import tavern.server.session.AuthSettings;
import tavern.server.tls.TestCertificate;

final class ConfigLoaderTest {
    private static final String SECRET = "correct-horse-battery-staple-0123456789";

    @TempDir
    Path folder;

    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> properties = new HashMap<>();

    @Test
    void theDefaultsAreValidAndInTheUnitsOfTheRules() throws Exception {
        LoadedConfig loaded = load();

        assertThat(loaded.warnings()).isEmpty();
        assertThat(loaded.overrides()).isEmpty();
        TavernConfig config = loaded.config();
        assertThat(config.net().port()).isEqualTo(7777);
        assertThat(config.net().tls()).isNull();
        assertThat(config.net().transport()).isEqualTo(NetSettings.Transport.AUTO);
        assertThat(config.auth().mode()).isEqualTo(AuthSettings.Mode.DEV);
        assertThat(config.game().maxSpeed()).isEqualTo(160);
        assertThat(config.game().mapWidth()).isEqualTo(3200);
        assertThat(config.game().starterStacks()).isEqualTo(Map.of("gold", 1000L, "potion", 10L));
        assertThat(config.rooms().replaySeconds()).isEqualTo(30 + 15);
        assertThat(config.rooms().interest().fromCapacity())
                .isGreaterThan(config.rooms().capacity());
        assertThat(config.rooms().interest().cellSize()).isEqualTo(20 * 16);
        assertThat(config.sessions().resumeSeconds()).isEqualTo(30);
        assertThat(config.nodeId()).matches("[A-Za-z0-9_-]{1,32}").endsWith("-7777");
    }

    @Test
    void aHostNameIsMadeAValidNodeId() {
        assertThat(TavernSections.nodeId("dev.box.example.org with a very long name", 65_535))
                .isEqualTo("dev-box-example-org-with-a-65535")
                .hasSize(32);
    }

    @Test
    void aFileAnEnvironmentVariableAndThenTheCommandLineOverrideTheDefault() throws Exception {
        Path file = file("net.port = 1001\nroom.capacity = 11\ngame.max-speed = 11");
        environment.put("TAVERN_ROOM_CAPACITY", "12");
        environment.put("TAVERN_GAME_MAX_SPEED", "12");
        properties.put("game.max-speed", "13");

        TavernConfig config = load(file).config();

        assertThat(config.net().port()).isEqualTo(1001);
        assertThat(config.rooms().capacity()).isEqualTo(12);
        assertThat(config.game().maxSpeed()).isEqualTo(13 * 16);
    }

    @Test
    void everyVariableMeansOneKey() {
        KnownKeys known = new KnownKeys(ConfigFactory.parseResources("tavern.conf"));

        long leaves = ConfigFactory.parseResources("tavern.conf").entrySet().size();
        assertThat(known.keyByVariable()).hasSize((int) leaves);
        assertThat(known.keyByVariable()).containsEntry("TAVERN_LIMITS_RATES_MOVES", "limits.rates.moves");
    }

    @Test
    void listsCanBeWrittenWithCommas() throws Exception {
        environment.put("TAVERN_GAME_STARTER_KIT_ITEMS", "lute, mug");
        properties.put("game.filtered-words", "[\"darn\", heck]");
        properties.put("limits.uncounted-addresses", "");

        TavernConfig config = load().config();

        assertThat(config.game().starterItems()).containsExactly("lute", "mug");
        assertThat(config.game().filteredWords()).containsExactly("darn", "heck");
        assertThat(config.net().limits().uncountedAddresses()).isEmpty();
    }

    @Test
    void aFileReplacesTheStacksOfTheStarterKitAndOtherSourcesChangeThem() throws Exception {
        Path file = file("game.starter-kit.stacks { ale = 3 }");
        properties.put("game.starter-kit.stacks.rum", "4");

        assertThat(load(file).config().game().starterStacks()).isEqualTo(Map.of("ale", 3L, "rum", 4L));
    }

    @Test
    void withoutTypesOfRoomsThereAreNone() throws Exception {
        GamesSettings games = load().config().games();

        assertThat(games.folder()).isEqualTo(Path.of("games"));
        assertThat(games.types()).isEmpty();
    }

    @Test
    void aTypeOfRoomsHasWhatItsSectionSaysAndTheDefaultsOtherwise() throws Exception {
        Path file = file("""
                games {
                  path = ""
                  type-defaults { chat = false, settings { stake = 1, hint = yes } }
                  types {
                    cards {}
                    "high.stakes" { game = cards, capacity = 2, create = server, chat = true, tick-hz = 5, settings { stake = 1.50 } }
                  }
                }
                """);
        properties.put("games.types.cards.idle-close-seconds", "7");
        properties.put("games.types.cards.settings.deck", "old");
        environment.put("TAVERN_GAMES_TYPE_DEFAULTS_MOVES", "false");

        GamesSettings games = load(file).config().games();

        assertThat(games.folder()).isNull();
        assertThat(games.types().keySet()).containsExactly("cards", "high.stakes");
        GamesSettings.Type cards = Objects.requireNonNull(games.types().get("cards"));
        assertThat(cards.game()).isEqualTo("cards");
        assertThat(cards.capacity()).isZero();
        assertThat(cards.tickEvery()).isEqualTo(1);
        assertThat(cards.create()).isEqualTo(GamesSettings.Create.CLIENT);
        assertThat(cards.idleCloseSeconds()).isEqualTo(7);
        assertThat(cards.chat()).isFalse();
        assertThat(cards.moves()).isFalse();
        assertThat(cards.settings()).isEqualTo(Map.of("stake", "1", "hint", "yes", "deck", "old"));
        GamesSettings.Type stakes = Objects.requireNonNull(games.types().get("high.stakes"));
        assertThat(stakes.game()).isEqualTo("cards");
        assertThat(stakes.capacity()).isEqualTo(2);
        assertThat(stakes.tickEvery()).isEqualTo(4);
        assertThat(stakes.create()).isEqualTo(GamesSettings.Create.SERVER);
        assertThat(stakes.chat()).isTrue();
        assertThat(stakes.settings()).isEqualTo(Map.of("stake", "1.50", "hint", "yes"));
    }

    @Test
    void allThatIsWrongWithTypesOfRoomsIsToldAtOnce() throws Exception {
        Path file = file("games.types {\n"
                + "a b { game = cards }\n"
                + "cards { chatt = true, settings { deck = [1] } }\n"
                + "dice = 6\n"
                + "go { settings = 3, moves = {} }\n"
                + "}");

        assertThat(problems(file))
                .containsExactlyInAnyOrder(
                        "games.types.\"a b\".game = cards (" + file + " line 2): the name of a type is 1 to 32 letters,"
                                + " digits, _ - or ., the first a letter or digit",
                        "games.types.cards.chatt (" + file
                                + " line 3): there is no such setting; did you mean games.types.cards.chat?",
                        "games.types.cards.settings.deck = [1] (" + file + " line 3): must be one text, not a list",
                        "games.types.dice = 6 (" + file
                                + " line 4): is a group of settings; write games.types.dice { ... }",
                        "games.types.go.settings = 3 (" + file
                                + " line 5): is a group of settings; write games.types.go.settings { ... }",
                        "games.types.go.moves (" + file + " line 5): is one setting, not a group");
    }

    @Test
    void aServiceHasWhatItsSectionSaysAndTheDefaultsOtherwise() throws Exception {
        Path secret = file("Bearer sesame\n");
        Path file = folder.resolve("services.conf");
        Files.writeString(file, """
                games {
                  service-defaults { tries = 2 }
                  services {
                    bank { url = "https://bank.example/calls", headers { X-Shop = tavern } }
                    stats { url = "http://127.0.0.1:1", tries = 3, timeout-millis = 100 }
                  }
                }
                """);
        properties.put("games.services.bank.secret-headers.Authorization", secret.toString());

        TavernConfig config = load(file).config();

        assertThat(config.services()).hasSize(2);
        ServiceSettings bank = config.services().get(0);
        assertThat(bank.name()).isEqualTo("bank");
        assertThat(bank.url()).hasToString("https://bank.example/calls");
        assertThat(bank.tries()).isEqualTo(2);
        assertThat(bank.timeout()).hasMillis(5_000);
        assertThat(bank.headers()).isEqualTo(Map.of("Authorization", "Bearer sesame", "X-Shop", "tavern"));
        assertThat(bank.toString()).doesNotContain("sesame");
        assertThat(config.services().get(1).tries()).isEqualTo(3);
        assertThat(Objects.requireNonNull(config.inForce().get("games.services.bank.headers.X-Shop"))
                        .value())
                .isEqualTo("***");
    }

    @Test
    void allThatIsWrongWithServicesIsToldAtOnce() throws Exception {
        Path file = file("games.services {\n"
                + "\"a b\" { url = \"http://h\" }\n"
                + "user { url = \"http://me:pw@h/\" }\n"
                + "none {}\n"
                + "own { url = \"http://h\", headers { idempotency-key = 1 } }\n"
                + "host { url = \"http://h\", headers { Host = x } }\n"
                + "lost { url = \"http://h\", secret-headers { A = /nowhere }, trys = 1 }\n"
                + "}");

        assertThat(problems(file))
                .hasSize(7)
                .anyMatch(problem -> problem.contains("the name of a service is 1 to 32"))
                .anyMatch(problem -> problem.startsWith("games.services.user.url") && problem.contains("but no user"))
                .anyMatch(problem -> problem.startsWith("games.services.none.url"))
                .anyMatch(problem -> problem.contains("idempotency-key is set twice, or by the server itself"))
                .anyMatch(problem -> problem.contains("Host is not a header that can be set"))
                .anyMatch(problem -> problem.contains("cannot read the file for A, /nowhere"))
                .anyMatch(problem -> problem.endsWith("did you mean games.services.lost.tries?"));
    }

    /** P-57: an id that is too old for a new offer is one whose outcome may be forgotten. */
    @Test
    void tradeIdsMayBeAsOldAsOutcomesAreKept() throws Exception {
        properties.put("store.outcomes-kept-days", "3");

        TavernConfig config = load().config();

        assertThat(config.store().outcomesKeptDays()).isEqualTo(3);
        assertThat(config.game().tradeIdDaysMax()).isEqualTo(3);
    }

    @Test
    void allProblemsAreReportedAtOnceEachWithItsPlaceAndCure() throws Exception {
        Path file = file("net.prot = 1\nroom.capacity = 0\nroom.tick-hz = fast\nstore = here");
        environment.put("TAVERN_LIMITS_REFUSALS_MAX", "-1");
        properties.put("auth.mode", "none");

        assertThat(problems(file))
                .containsExactlyInAnyOrder(
                        "net.prot (" + file + " line 1): there is no such setting; did you mean net.port?",
                        "room.capacity = 0 (" + file + " line 2): must be a whole number from 1 to 10000",
                        "room.tick-hz = fast (" + file + " line 3): must be a whole number from 1 to 100",
                        "store = here (" + file + " line 4): is a group of settings; write store { ... }",
                        "limits.refusals-max = -1 (environment variable TAVERN_LIMITS_REFUSALS_MAX):"
                                + " must be a whole number from 1 to 10000",
                        "auth.mode = none (command line): must be dev or jwt");
    }

    @Test
    void aGroupThatIsLikeNoOtherIsReportedToo() throws Exception {
        Path file = file("quicksilver { ounces = 3 }");

        assertThat(problems(file)).containsExactly("quicksilver (" + file + " line 1): there is no such setting");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "net.port | 65536 | from 0 to 65535",
                "net.port | 1.5 | whole number",
                "net.port | 1e999999999 | from 0 to 65535",
                "net.port | NaN | whole number",
                "net.host | 0.0.0.0 | auth.mode = jwt",
                "net.host | '' | address",
                "ops.host | 0.0.0.0 | ops.allow-plain-remote = true",
                "ops.port | 70000 | from 0 to 65535",
                "ops.tls.key | key.pem | set ops.tls.cert too",
                "net.transport | kqueue | auto or epoll or io_uring or nio",
                "net.tls.cert | cert.pem | both",
                "realm | a/b | letters, digits",
                "node.id | x{y} | letters, digits",
                "store.kind | mongo | must be embedded or redis",
                "feed.kind | kafka | must be none or rabbitmq",
                "store.redis.uri | http://here | redis://",
                "feed.rabbitmq.uri | amqp://a b | amqp://",
                "cluster.enabled | true | set store.kind = redis",
                "store.path | '' | folder",
                "store.outcomes-kept-days | 0 | from 1 to 3650",
                "auth.jwt.clock-skew-seconds | 31 | from 0 to 30",
                "auth.jwt.algorithms | none | HS256, RS256 and EdDSA",
                "auth.jwt.algorithms | '' | HS256, RS256 and EdDSA",
                "auth.jwt.single-use | yes | true or false",
                "auth.failures-per-address-max | 9 | auth.failures-max = 10",
                "limits.hello-bytes-max | 20000 | limits.frame-bytes-max = 16384",
                "limits.chat-characters-max | 4001 | from 1 to 4000",
                "limits.trade-entries-max | 129 | from 1 to 128",
                "limits.rates.chats | 0 | from 0.01",
                "limits.uncounted-addresses | 10.0.0.0/33 | address block",
                "net.proxy-protocol.from | 10.0.0.1 | address block",
                "net.websocket.origins | play.example.com | https://play.example.com",
                "limits.uncounted-addresses | localhost/8 | address block",
                "ops.trusted-proxies | proxy.example/8 | address block",
                "game.max-speed | 0 | from 1 to 1000",
                "game.starter-kit.items | so{rd | this one is not: so{rd",
                "game.starter-kit.stacks.gold | 0 | from 1 to 9223372036854775807",
                "game.starter-kit.stacks.gold | 9223372036854775808 | from 1",
                "net.port.deep | 1 | there is no such setting",
                "net..port | 1 | there is no such setting",
                "limits.port | 1 | did you mean net.port?",
                "room.interest.from-capacity | 0 | a whole number from 1 to 1000000",
                "room.interest.cell-size | 0.5 | a whole number from 1 to 100000",
                "games.type-defaults.create | nobody | must be client or server",
                "games.types.cards.chat | maybe | must be true or false",
                "games.types.cards.tick-hz | 3 | must divide room.tick-hz = 20",
                "games.types.cards.capacity | 1001 | must not be more than room.capacity = 1000",
                "games.types.cards.capcity | 4 | did you mean games.types.cards.capacity?",
                "games.types.cards.settings.a.b | 4 | there is no such setting",
                "games.types.cards | 4 | is a group of settings",
            })
    void aBadValueIsToldWithItsCure(String key, String value, String cure) {
        properties.put(key, value);

        assertThat(problems(null))
                .singleElement()
                .asString()
                .contains("command line")
                .contains(cure);
    }

    @Test
    void aStarterKitOfMoreThanOneTransactionIsToldWithItsSize() throws IOException {
        Path file = file("game.starter-kit.items = [" + "sword, ".repeat(255) + "sword]");

        assertThat(problems(file))
                .singleElement()
                .asString()
                .contains("game.starter-kit.items", "has 258 kinds and items", "must not be more than 256");
    }

    @Test
    void aDefaultThatNoLongerFitsIsToldTogetherWithWhatItMustFit() {
        properties.put("limits.frame-bytes-max", "2048");

        assertThat(problems(null))
                .singleElement()
                .asString()
                .startsWith("limits.hello-bytes-max = 4096 (default")
                .contains("not be more than limits.frame-bytes-max = 2048");
    }

    @Test
    void aMapOfTooManyCellsIsToldTogetherWithItsNumber() {
        properties.put("game.map-width", "100000");
        properties.put("game.map-height", "100000");

        assertThat(problems(null))
                .singleElement()
                .asString()
                .startsWith("room.interest.cell-size = 20 (default")
                .contains("cuts the map into 25000000 cells, and 65536 are the most; make it larger");
    }

    @Test
    void unknownVariablesOfOursAreOnlyWarnedAbout() throws Exception {
        environment.put("TAVERN_NET_PROT", "1");
        environment.put("TAVERN_LOG_LEVEL", "debug");
        environment.put("PATH", "/bin");
        properties.put("java.version", "17");

        assertThat(load().warnings())
                .containsExactly("environment variable TAVERN_NET_PROT is no setting of Tavern;"
                        + " did you mean TAVERN_NET_PORT?");
    }

    @Test
    void secretsAreNeverShown() throws Exception {
        environment.put("TAVERN_AUTH_JWT_SECRET", SECRET);
        assertThat(load().overrides())
                .containsExactly("auth.jwt.secret = *** (environment variable TAVERN_AUTH_JWT_SECRET)");
        assertThat(load().config().toString()).doesNotContain(SECRET);

        environment.put("TAVERN_AUTH_JWT_SECRET", "short-but-secret");
        environment.put("TAVERN_AUTH_MODE", "jwt");
        Path misspelt = file("auth.jwt.secrt = \"" + SECRET + "\"\nauth.jwt.secret { s = \"" + SECRET + "\" }");
        assertThat(problems(misspelt).toString())
                .contains("auth.jwt.secrt", "at least 32 bytes")
                .doesNotContain(SECRET, "short-but-secret");
        assertThat(problems(file("auth.jwt.secret = [ " + SECRET)).toString())
                .contains("not HOCON")
                .doesNotContain(SECRET);
    }

    @Test
    void aFileThatCannotBeReadIsOneProblem() throws Exception {
        assertThat(problems(folder.resolve("absent.conf")))
                .singleElement()
                .asString()
                .contains("absent.conf", "exist");
        assertThat(problems(file("a = ${NO_SUCH_VARIABLE_AT_ALL}")))
                .singleElement()
                .asString()
                .contains("${?variable}");
        assertThat(problems(file("net.port = null"))).singleElement().asString().contains("net.port", "has no value");
    }

    @Test
    void aProblemIsOneLineWhateverTheValueHolds() {
        properties.put("realm", "a\nFATAL forged line");

        assertThat(problems(null))
                .singleElement()
                .asString()
                .contains("a?FATAL")
                .doesNotContain("\n");
    }

    @Test
    void operatorsReachItFromElsewhereWithoutTlsOnlyWhenThatIsSaid() throws Exception {
        properties.put("ops.host", "0.0.0.0");
        assertThat(problems(null)).singleElement().asString().contains("in the clear");
        properties.put("ops.allow-plain-remote", "true");
        assertThat(load().config().ops().host()).isEqualTo("0.0.0.0");
    }

    @Test
    void theTokensAreInTheStoresFolderUnlessSaidOtherwise() throws Exception {
        assertThat(load().config().ops().tokens()).isEqualTo(Path.of("data", "ops-tokens"));
        properties.put("ops.token", "/etc/tavern/tokens");
        assertThat(load().config().ops().tokens()).isEqualTo(Path.of("/etc/tavern/tokens"));
    }

    @Test
    void jwtNeedsTheKeysOfItsAlgorithms() throws Exception {
        properties.put("auth.mode", "jwt");
        properties.put("net.host", "0.0.0.0");
        assertThat(problems(null)).singleElement().asString().contains("auth.jwt.secret", "32 bytes");

        properties.put("auth.jwt.algorithms", "RS256");
        assertThat(problems(null)).singleElement().asString().contains("auth.jwt.public-key", "RS256 needs");

        properties.put("auth.jwt.public-key", folder.resolve("absent.pem").toString());
        assertThat(problems(null)).singleElement().asString().contains("cannot be read");

        properties.put("auth.jwt.public-key", publicKey("Ed25519", 255).toString());
        assertThat(problems(null)).singleElement().asString().contains("RS256 needs a public key of type RSA");

        properties.put("auth.jwt.public-key", publicKey("RSA", 1024).toString());
        assertThat(problems(null)).singleElement().asString().contains("at least 2048 bits");

        properties.put("auth.jwt.public-key", publicKey("RSA", 2048).toString());
        assertThat(load().config().auth().jwt().publicKey()).isNotNull();

        properties.put("auth.jwt.algorithms", "EdDSA");
        properties.put("auth.jwt.public-key", publicKey("Ed25519", 255).toString());
        assertThat(load().config().auth().jwt().algorithms()).containsExactly("EdDSA");
    }

    @Test
    void tlsNeedsPemFilesOfTheRightKind() throws Exception {
        TestCertificate made = TestCertificate.make(folder, "made");
        properties.put("net.tls.cert", made.certificateFile().toString());
        properties.put("net.tls.key", made.certificateFile().toString());
        assertThat(problems(null)).singleElement().asString().contains("net.tls.key", "PRIVATE KEY");

        properties.put("net.tls.key", folder.resolve("absent.pem").toString());
        assertThat(problems(null)).singleElement().asString().contains("net.tls.key", "cannot be read");

        properties.put("net.tls.cert", folder.resolve("absent.pem").toString());
        assertThat(problems(null)).hasSize(2);

        TestCertificate other = TestCertificate.make(folder, "other");
        properties.put("net.tls.cert", made.certificateFile().toString());
        properties.put("net.tls.key", other.keyFile().toString());
        assertThat(problems(null))
                .containsExactly("net.tls.key = " + other.keyFile()
                        + " (command line): is the key of another certificate than the first one in "
                        + made.certificateFile() + "; set the two that were made together");
    }

    /** Also of those that more than one section goes by. */
    @Test
    void aMistakeIsToldOnce() {
        for (var entry : ConfigFactory.parseResources("tavern.conf").entrySet()) {
            properties.clear();
            // Wrong for a number, a flag, a choice, a list of anything, an address, a path and a URI.
            properties.put(entry.getKey(), "\0");
            try {
                load();
            } catch (ConfigException e) {
                assertThat(e.problems()).as(entry.getKey()).hasSize(1);
            }
        }
        properties.clear();
        properties.put("limits.idle-seconds", "1");
        assertThat(problems(null)).singleElement().asString().endsWith("must be a whole number from 2 to 3600");
    }

    @Test
    void whatKubernetesSaysOfAServiceIsIgnoredWithOneLine() throws Exception {
        environment.put("TAVERN_NET_PORT", "tcp://10.0.0.1:7000");
        environment.put("TAVERN_NET_PORT_7000_TCP", "tcp://10.0.0.1:7000");
        environment.put("TAVERN_NET_PORT_7000_TCP_ADDR", "10.0.0.1");
        environment.put("TAVERN_NET_SERVICE_HOST", "10.0.0.1");
        environment.put("TAVERN_NET_SERVICE_PORT", "7000");
        LoadedConfig loaded = load();
        assertThat(loaded.config().net().port()).isEqualTo(7777);
        assertThat(loaded.warnings())
                .singleElement()
                .asString()
                .contains(
                        "TAVERN_NET_PORT = tcp://10.0.0.1:7000",
                        "Kubernetes",
                        "service named tavern-net",
                        "enableServiceLinks: false");
    }

    @Test
    void aVariableThatThePodSetsItselfIsASettingBesideTheServicesOthers() throws Exception {
        environment.put("TAVERN_NET_PORT", "7001");
        environment.put("TAVERN_OPS_PORT", "udp://[fd00::1]:7000");
        LoadedConfig loaded = load();
        assertThat(loaded.config().net().port()).isEqualTo(7001);
        assertThat(loaded.config().ops().port()).isEqualTo(7780);
        assertThat(loaded.warnings()).hasSize(1);
    }

    private Path publicKey(String type, int bits) throws GeneralSecurityException, IOException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(type);
        if (type.equals("RSA")) {
            generator.initialize(bits);
        }
        byte[] der = generator.generateKeyPair().getPublic().getEncoded();
        return file("-----BEGIN PUBLIC KEY-----\n" + Base64.getMimeEncoder().encodeToString(der)
                + "\n-----END PUBLIC KEY-----\n");
    }

    private Path file(String text) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "test", ".conf"), text);
    }

    private LoadedConfig load() throws ConfigException {
        return ConfigLoader.load(null, environment, properties);
    }

    private LoadedConfig load(Path file) throws ConfigException {
        return ConfigLoader.load(file, environment, properties);
    }

    private List<String> problems(@Nullable Path file) {
        ConfigException refused =
                catchThrowableOfType(ConfigException.class, () -> ConfigLoader.load(file, environment, properties));
        assertThat(refused).as("refusal of %s", properties).isNotNull();
        return refused.problems().stream().map(ConfigProblem::toString).toList();
    }
}
