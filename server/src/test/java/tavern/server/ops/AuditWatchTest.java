package tavern.server.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import tavern.server.store.AnchorFile;
import tavern.server.store.AuditAnchor;
import tavern.server.store.AuditAnchors;
import tavern.server.store.AuditEntry;
import tavern.server.store.AuditStore;
import tavern.server.store.ForeignValueException;
import tavern.server.store.StoreSettings;
import tavern.server.store.embedded.EmbeddedStore;
import tavern.server.time.SetClocks;

/** On a real store, whose file somebody else writes to between two starts of a server. */
class AuditWatchTest {
    @TempDir
    Path folder;

    private final SetClocks clocks = new SetClocks();

    /** Why the audit log cannot be read; null while it can. */
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();

    /** Whether it is thrown at once instead of being answered. */
    private volatile boolean throwing;

    private @Nullable EmbeddedStore store;
    private @Nullable AuditWatch watch;

    private AuditAnchors file() {
        return new AnchorFile(folder.resolve(AnchorFile.NAME), "embedded:main");
    }

    private AuditWatch start(AuditAnchors... places) {
        store = EmbeddedStore.open(StoreSettings.embedded(folder, 1_000, 1_000));
        watch = AuditWatch.start(readable(store), List.of(places), clocks.clocks());
        return watch;
    }

    /** The store, as far as the audit log can be read. */
    private AuditStore readable(AuditStore real) {
        return (AuditStore) Proxy.newProxyInstance(
                AuditStore.class.getClassLoader(), new Class<?>[] {AuditStore.class}, (proxy, method, arguments) -> {
                    RuntimeException why = failure.get();
                    if (method.getName().equals("audit") && why != null && throwing) {
                        throw why;
                    }
                    return method.getName().equals("audit") && why != null
                            ? CompletableFuture.failedFuture(why)
                            : method.invoke(real, arguments);
                });
    }

    @AfterEach
    void stop() {
        if (watch != null) {
            watch.close();
            watch = null;
        }
        if (store != null) {
            store.close();
            store = null;
        }
    }

    /** As an operator of this name would. */
    private void write(int entries, String operator) {
        AuditLog audit = new AuditLog(Objects.requireNonNull(store), () -> {
            if (watch != null) {
                watch.written();
            }
        });
        for (int i = 0; i < entries; i++) {
            audit.append(new AuditEntry.Fact(i, operator, "::1", "kick", "bob", "spam", "kicked"), "none")
                    .toCompletableFuture()
                    .join();
        }
    }

    private void awaitAnchor(long seq) {
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> file().read().map(AuditAnchor::seq).orElse(0L) == seq);
    }

    /** Without a server, by somebody who can write to the file. */
    private void manipulate(String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("tavern.db"));
                Statement statement = connection.createStatement()) {
            statement.execute("DROP TRIGGER IF EXISTS audit_is_never_changed");
            statement.execute("DROP TRIGGER IF EXISTS audit_is_never_shortened");
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    @Test
    void theHeadIsAnchoredAndALogThatNobodyTouchedIsSoundAfterARestart() {
        start(file());
        write(AuditWatch.PAGE + 7, "ann");
        awaitAnchor(AuditWatch.PAGE + 7);
        stop();
        AuditWatch again = start(file());
        await().until(() -> !again.anchors().isEmpty());
        write(1, "ann");
        awaitAnchor(AuditWatch.PAGE + 8);
        assertThat(again.fault()).isNull();
        assertThat(again.trouble()).isNull();
    }

    @Test
    void whoRewritesTheWholeLogIsFoundOutAndTheAnchorIsKept() throws Exception {
        start(file());
        write(3, "eve");
        awaitAnchor(3);
        Optional<AuditAnchor> before = file().read();
        stop();
        manipulate("DELETE FROM audit");
        store = EmbeddedStore.open(StoreSettings.embedded(folder, 1_000, 1_000));
        write(5, "ann"); // with hashes that fit
        stop();

        AuditWatch again = start(file());
        await().until(() -> again.fault() != null);
        assertThat(again.fault()).contains("entry 3 is not the one that", AnchorFile.NAME, "written anew");
        write(1, "ann");
        stop();
        assertThat(file().read()).isEqualTo(before);
    }

    @Test
    void entriesCutOffAtTheEndAreFoundOut() throws Exception {
        start(file());
        write(3, "ann");
        awaitAnchor(3);
        stop();
        manipulate("DELETE FROM audit WHERE seq = 3");
        AuditWatch again = start(file());
        await().until(() -> again.fault() != null);
        assertThat(again.fault()).contains("ends with entry 2", "remembers entry 3");
    }

    @Test
    void anEntryThatIsChangedWhileTheServerRunsIsFoundOut() throws Exception {
        AuditWatch running = start(file());
        write(3, "ann");
        awaitAnchor(3);
        manipulate("UPDATE audit SET reason = 'nothing' WHERE seq = 3");
        running.written(); // what looks at the log next
        await().until(() -> running.fault() != null);
        assertThat(running.fault()).contains("entry 3");
    }

    @Test
    void aPlaceThatCouldNotBeReadIsNotOverwritten() {
        AtomicInteger written = new AtomicInteger();
        AuditWatch running = start(file(), new AuditAnchors() {
            @Override
            public String where() {
                return "elsewhere";
            }

            @Override
            public Optional<AuditAnchor> read() throws IOException {
                throw new IOException("elsewhere is away");
            }

            @Override
            public void write(AuditAnchor head) {
                written.incrementAndGet();
            }
        });
        write(2, "ann");
        awaitAnchor(2);
        assertThat(running.trouble()).isEqualTo("elsewhere is away");
        assertThat(written).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFailureThatSaysNothingAboutTheLogIsTroubleUntilTheLogCanBeRead(boolean thrown) {
        throwing = thrown;
        failure.set(new IllegalStateException("OOM command not allowed"));
        AuditWatch running = start(file());
        await().until(() -> running.unread() != null);
        assertThat(running.unread()).isEqualTo("OOM command not allowed");
        failure.set(null);
        write(1, "ann");
        awaitAnchor(1);
        assertThat(running.unread()).isNull();
        assertThat(running.fault()).isNull();
    }

    @Test
    void aValueThatNoServerWroteIsAFault() {
        failure.set(new ForeignValueException("not an entry of the audit log"));
        AuditWatch running = start(file());
        await().until(() -> running.fault() != null);
        assertThat(running.fault()).isEqualTo("what follows entry 0 is not an entry: not an entry of the audit log");
    }

    /** A place that can be read and at first not written to. */
    private static final class Full implements AuditAnchors {
        volatile boolean full = true;
        volatile long seq;

        @Override
        public String where() {
            return "full";
        }

        @Override
        public Optional<AuditAnchor> read() {
            return Optional.empty();
        }

        @Override
        public void write(AuditAnchor head) throws IOException {
            if (full) {
                throw new IOException("no space");
            }
            seq = head.seq();
        }
    }

    @Test
    void theTroubleOfEachPlaceIsToldUntilItIsOver() {
        Full full = new Full();
        AuditWatch running = start(new Away(), full, file());
        write(1, "ann");
        awaitAnchor(1);
        await().until(() -> "elsewhere is away; no space".equals(running.trouble()));
        full.full = false;
        write(1, "ann");
        awaitAnchor(2);
        assertThat(full.seq).isEqualTo(2);
        await().until(() -> "elsewhere is away".equals(running.trouble()));
    }

    /** A place that is read in vain. */
    private static final class Away implements AuditAnchors {
        final AtomicInteger reads = new AtomicInteger();

        @Override
        public String where() {
            return "elsewhere";
        }

        @Override
        public Optional<AuditAnchor> read() throws IOException {
            reads.incrementAndGet();
            throw new IOException("elsewhere is away");
        }

        @Override
        public void write(AuditAnchor head) {
            throw new IllegalStateException("it was not read");
        }
    }

    @Test
    void theLongerAPlaceIsAwayTheLessOftenTheWholeLogIsReadForIt() {
        Away away = new Away();
        start(file(), away);
        long seq = 0;
        for (int reads = 1; reads <= 12; reads++) {
            seq = settle(seq);
            assertThat(away.reads).hasValue(reads);
            Duration wait = Duration.ofSeconds(Math.min(3_600, 10L << (reads - 1)));
            clocks.turn(wait.minusSeconds(1));
            seq = settle(seq);
            assertThat(away.reads).as("%s have not passed", wait).hasValue(reads);
            clocks.turn(Duration.ofSeconds(1));
            seq = settle(seq);
        }
    }

    /** Until whatever the watch had to do is done: an entry is anchored before the log is read anew, and so takes two. */
    private long settle(long seq) {
        for (int i = 1; i <= 2; i++) {
            write(1, "ann");
            awaitAnchor(seq + i);
        }
        return seq + 2;
    }

    @Test
    void aLogThatIsAsItWasIsSaidToBeSoundOnce() {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        Logger logger = (Logger) LoggerFactory.getLogger(AuditWatch.class);
        logger.addAppender(lines);
        try {
            Away away = new Away();
            AuditWatch running = start(away);
            await().until(() -> {
                clocks.turn(Duration.ofHours(2));
                running.written();
                return away.reads.get() >= 5;
            });
        } finally {
            logger.detachAppender(lines);
        }
        assertThat(List.copyOf(lines.list))
                .extracting(ILoggingEvent::getFormattedMessage)
                .filteredOn(line -> line.contains("is sound"))
                .hasSize(1);
    }
}
