package tavern.server;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.properties.HasAnnotations;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import tavern.cli.GoodsCommand;
import tavern.server.store.Store;

/** What holds for all code of the server. A rule that hinders you may be wrong: change it here, and say why. */
final class HouseRulesTest {
    private static final String ROOT = "tavern.server";
    private static final String CLIENT = "tavern.cli";
    private static final JavaClasses SERVER = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT, CLIENT);
    private static final JavaClasses TESTS = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.ONLY_INCLUDE_TESTS)
            .importPackages(ROOT);

    /** What each package may know of ours; a package that is not listed needs a line here. */
    private static final Map<String, Set<String>> MAY_KNOW = Map.ofEntries(
            entry("game", Set.of()),
            entry("time", Set.of()),
            entry("guard", Set.of()),
            entry("tls", Set.of()),
            entry("agones", Set.of()),
            entry("trace", Set.of()),
            entry("store", Set.of("guard", "game", "time")),
            entry("cluster", Set.of("guard", "game", "store", "time")),
            entry("archive", Set.of("game", "store", "cluster", "books", "time")),
            entry("cache", Set.of("guard", "game", "store", "time")),
            entry("books", Set.of("game", "store", "time")),
            entry("feed", Set.of("guard", "game", "store", "cluster", "time")),
            entry("room", Set.of("guard", "game", "store", "cache", "cluster", "feed", "time", "trace")),
            entry("session", Set.of("guard", "game", "store", "cache", "cluster", "room", "time")),
            entry("net", Set.of("guard", "session", "room", "time", "tls")),
            entry("games", Set.of("room")),
            entry("services", Set.of("guard", "room")),
            entry("operators", Set.of("guard", "session", "store", "time")),
            entry(
                    "config",
                    Set.of(
                            "agones",
                            "game",
                            "games",
                            "services",
                            "store",
                            "cluster",
                            "feed",
                            "room",
                            "session",
                            "net",
                            "operators",
                            "ops",
                            "tls",
                            "trace")),
            entry(
                    "ops",
                    Set.of(
                            "guard",
                            "game",
                            "games",
                            "store",
                            "books",
                            "archive",
                            "cache",
                            "cluster",
                            "feed",
                            "room",
                            "session",
                            "time",
                            "tls",
                            "operators")));

    private static final DescribedPredicate<JavaClass> START_AND_STOP = describe(
            "the start and the stop",
            type -> Set.of(
                            "Main",
                            "Check",
                            "BackupCommand",
                            "ArchiveCommand",
                            "TavernServer",
                            "StartAnswer",
                            "EmbeddedStore",
                            "AuditQueue",
                            "RealmOpening",
                            "Link",
                            "TcpServer",
                            "EventLoops",
                            "RoomThreads")
                    .contains(type.getSimpleName()));

    private static final DescribedPredicate<JavaClass> WHAT_THE_API_TRANSMITS = describe(
            "the data that server and operators' commands read in the same way",
            type -> type.getBaseComponentType()
                    .getName()
                    .matches("tavern\\.server\\.store\\.(AuditEntry|AuditChain|AuditAnchor|BackupState)(\\$.*)?"));

    private static final DescribedPredicate<JavaClass> THREAD_OWNERS = describe(
            "the owners of threads",
            type -> type.isAssignableTo(ThreadFactory.class)
                    || Set.of("Main", "BatchWorker").contains(type.getSimpleName()));

    @Test
    void packagesHaveNoCycles() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(SERVER);
    }

    @Test
    void dependenciesPointOneWay() {
        for (JavaClass type : SERVER) {
            String from = room(type);
            if (from.isEmpty()) {
                continue;
            }
            assertThat(MAY_KNOW).as("the list of packages in this test").containsKey(from);
            type.getDirectDependenciesFromSelf().stream()
                    .filter(dependency ->
                            dependency.getTargetClass().getPackageName().startsWith(ROOT))
                    .filter(dependency -> !room(dependency.getTargetClass()).equals(from))
                    .forEach(dependency -> assertThat(MAY_KNOW.get(from))
                            .as("what %s may know: %s", from, dependency.getDescription())
                            .contains(room(dependency.getTargetClass())));
        }
    }

    /** The package below the root; empty for the root itself, and for what is not of the server. */
    private static String room(JavaClass type) {
        if (!type.getPackageName().startsWith(ROOT)) {
            return "";
        }
        String below = type.getPackageName().substring(ROOT.length());
        return below.isEmpty() ? "" : below.substring(1).replaceFirst("\\..*", "");
    }

    @Test
    void onlyTheWiringSeesTheWholeStore() {
        noClasses()
                .that(resideInAPackage(ROOT + ".*.."))
                .and(DescribedPredicate.not(resideInAPackage(ROOT + ".store..")))
                .should()
                .dependOnClassesThat(
                        describe("the store's nine ports together", type -> type.isAssignableTo(Store.class)))
                .because(
                        "each part takes the ports that it needs, so that its constructor tells what it does to the store")
                .check(SERVER);
    }

    @Test
    void operatorsCommandsKnowNothingOfTheServer() {
        noClasses()
                .that(resideInAPackage(CLIENT + ".."))
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT + "..").and(DescribedPredicate.not(WHAT_THE_API_TRANSMITS)))
                .because("they run elsewhere, perhaps beside a server of another version: use the API")
                .check(SERVER);
        noClasses()
                .that(WHAT_THE_API_TRANSMITS)
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT + "..").and(DescribedPredicate.not(WHAT_THE_API_TRANSMITS)))
                .because("through these records, the commands would come to know the server after all")
                .check(SERVER);
        noClasses()
                .that(resideInAPackage(ROOT + ".*.."))
                .should()
                .dependOnClassesThat(resideInAPackage(CLIENT + ".."))
                .because("only the command line of bin/server puts the two together")
                .check(SERVER);
    }

    @Test
    void rulesArePure() {
        noClasses()
                .that(resideInAPackage(ROOT + ".game.."))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.netty..", "java.util.concurrent..", "java.io..", "java.nio..", "java.net..", "org.slf4j..")
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Clock.class)
                .because("the same actions must give the same state: time and actions come in, effects go out")
                .check(SERVER);
    }

    @Test
    void nobodySleeps() {
        noClasses()
                .should()
                .callMethodWhere(named(Thread.class, "sleep"))
                .because("a sleeping thread serves nobody: schedule a task on the executor that owns the state")
                .check(SERVER);
    }

    @Test
    void nobodyPrints() {
        noClasses()
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethodWhere(named(Throwable.class, "printStackTrace"))
                .because("the log escapes what players wrote: use slf4j, or picocli's writer on the command line")
                .check(SERVER);
    }

    @Test
    void onlyTheTwoClocksAskTheMachineForTheTime() {
        noClasses()
                .that(DescribedPredicate.not(resideInAPackage(ROOT + ".time..")))
                .should()
                .callMethodWhere(named(System.class, "nanoTime", "currentTimeMillis"))
                .orShould()
                .callMethodWhere(named(Instant.class, "now"))
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Clock.class)
                .because(
                        "tests must turn it, and a date is no duration: take the InstantSource that tells the date, the"
                                + " MonotonicClock that measures, or a time in millis")
                .check(SERVER);
    }

    @Test
    void nobodyWaitsForAFuture() {
        noClasses()
                .that(DescribedPredicate.not(START_AND_STOP))
                .should()
                .callMethodWhere(named(Future.class, "get"))
                .orShould()
                .callMethodWhere(named(CompletableFuture.class, "join"))
                .orShould()
                .callMethodWhere(named(
                        io.netty.util.concurrent.Future.class,
                        "sync",
                        "await",
                        "syncUninterruptibly",
                        "awaitUninterruptibly"))
                .because("it would block a thread that others need: add a listener and go on with the owner's executor")
                .check(SERVER);
    }

    @Test
    void chanceHasASeed() {
        noClasses()
                .should()
                .dependOnClassesThat(describe("java.util.Random", type -> type.isEquivalentTo(Random.class)))
                .orShould()
                .callMethodWhere(named(Math.class, "random"))
                .because("it is slow and cannot be repeated: take a SplittableRandom, or SecureRandom for secrets")
                .check(SERVER);
    }

    @Test
    void threadsHaveOwners() {
        noClasses()
                .that(DescribedPredicate.not(THREAD_OWNERS))
                .should()
                .callConstructorWhere(describe(
                        "new Thread", call -> call.getTarget().getOwner().isAssignableTo(Thread.class)))
                .because("a thread needs a name, an end and somebody who knows it: use a ThreadFactory")
                .check(SERVER);
    }

    @Test
    void aSkippedTestSaysWhy() {
        Stream<HasAnnotations<?>> tests =
                TESTS.stream().flatMap(type -> Stream.concat(Stream.of(type), type.getMethods().stream()));

        assertThat(tests.filter(HouseRulesTest::isSkippedInSilence)).isEmpty();
    }

    private static boolean isSkippedInSilence(HasAnnotations<?> test) {
        return test.isAnnotatedWith(Disabled.class)
                && test.getAnnotationOfType(Disabled.class).value().isBlank();
    }

    /** By itself Maven's Failsafe runs the integration tests all the same. */
    @Test
    void skipTestsSkipsIntegrationTestsToo() throws IOException {
        String pom = Files.readString(Path.of("../pom.xml"));
        int failsafe = pom.indexOf("<artifactId>maven-failsafe-plugin</artifactId>");
        assertThat(pom.substring(failsafe, pom.indexOf("</plugin>", failsafe)))
                .contains("<skipTests>${skipTests}</skipTests>");
    }

    /** In a stack trace {@code Session.java:72} must not be one of several: of all modules, tests included. */
    @Test
    void noTwoFilesShareAName() throws IOException {
        Path root = Path.of("..").toAbsolutePath().normalize();
        Map<String, List<Path>> byName;
        try (Stream<Path> files = Files.find(root, 20, HouseRulesTest::isJavaSource)) {
            byName = files.map(root::relativize)
                    .collect(groupingBy(file -> file.getFileName().toString()));
        }
        byName.remove("package-info.java");
        assertThat(byName).containsKeys("Main.java", "BotsMain.java", "HouseRulesTest.java");

        byName.values().removeIf(files -> files.size() == 1);
        assertThat(byName)
                .as("one name, one thing: give each a name that says what it is")
                .isEmpty();
    }

    private static boolean isJavaSource(Path file, BasicFileAttributes attributes) {
        return file.toString().endsWith(".java")
                && file.toString().contains("/src/")
                && !file.toString().contains("/target/");
    }

    /** A rule that looks at nothing would hold for ever. */
    @Test
    void theRulesLookAtTheWholeServer() {
        assertThat(SERVER).hasSizeGreaterThan(30);
        assertThat(SERVER.contain(Main.class)).isTrue();
        assertThat(SERVER.contain(GoodsCommand.class)).isTrue();
        assertThat(TESTS.contain(HouseRulesTest.class)).isTrue();
        assertThat(SERVER.contain(HouseRulesTest.class)).isFalse();
    }

    private static DescribedPredicate<JavaCall<?>> named(Class<?> owner, String... methods) {
        Set<String> names = Set.of(methods);
        return describe(owner.getSimpleName() + "." + String.join("/", methods), call -> {
            AccessTarget.CodeUnitCallTarget target = call.getTarget();
            return names.contains(target.getName()) && assignableTo(owner).test(target.getOwner());
        });
    }
}
