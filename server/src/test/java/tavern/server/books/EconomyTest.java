package tavern.server.books;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.server.game.Inventory;
import tavern.server.store.Holdings;
import tavern.server.store.Realm;
import tavern.server.store.Store;
import tavern.server.store.StoreSettings;
import tavern.server.store.embedded.EmbeddedStore;
import tavern.server.time.SetClocks;

/** When the economy is checked, and when not: a store that answers late, or not at all. */
final class EconomyTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long LATER_MILLIS = 60_000;

    @TempDir
    Path folder;

    private final SetClocks clocks = new SetClocks(Realm.NOW);
    private final Logger logger = (Logger) LoggerFactory.getLogger(Economy.class);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private Store real;
    private ScriptedHoldings scripted;
    private Player ann;
    private Books books;

    /** Players are looked at, and the answer is the test's. */
    @BeforeEach
    void openAll() {
        logged.list = new CopyOnWriteArrayList<>();
        logged.start();
        logger.addAppender(logged);
        real = EmbeddedStore.open(StoreSettings.embedded(folder.resolve("store"), 1_000, 1_000));
        scripted = new ScriptedHoldings(real);
        ann = new Realm(real).open("ann", "gold", 100);
        scripted.keep();
        books = Books.open(folder.resolve("books.db"), scripted.store(), real, real, clocks.clocks());
        await().atMost(PATIENCE).until(() -> scripted.kept().size() == 1);
    }

    @AfterEach
    void closeAll() {
        books.close();
        real.close();
        logger.detachAppender(logged);
    }

    private void giveUpAndLookAgain() {
        scripted.failLedger();
        await().atMost(PATIENCE).until(() -> {
            clocks.turn(LATER_MILLIS);
            return scripted.kept().size() == 2;
        });
    }

    /** What the store would have said of her. */
    private Holdings says(long gold) {
        String end = Realm.await(real.holdings(0, 10)).position();
        TreeMap<PlayerId, Inventory> owned = new TreeMap<>();
        owned.put(ann.id(), new Inventory(new TreeMap<>(Map.of("gold", gold)), new TreeMap<>(), 1));
        return new Holdings(end, Long.MAX_VALUE, true, owned, List.of());
    }

    /** All that the books were told by now is in them. */
    private void awaitTurns() {
        int before = scripted.pages();
        await().atMost(PATIENCE).until(() -> scripted.pages() > before + 1);
        Realm.await(books.ask(all -> true));
    }

    @Test
    void anAnswerToALookThatWasGivenUpSaysNothing() {
        giveUpAndLookAgain();

        scripted.kept().get(0).complete(says(107));
        awaitTurns();
        assertThat(books.economy().checked()).isFalse();
        scripted.kept().get(1).complete(says(100));
        await().atMost(PATIENCE).until(() -> books.economy().checked());
        assertThat(books.economy().problems()).isEmpty();
        assertThat(books.economy().checks()).isEqualTo(1);
    }

    @Test
    void aLateFailureOfALookThatWasGivenUpEndsNoOther() {
        giveUpAndLookAgain();

        scripted.kept().get(0).completeExceptionally(new IllegalStateException("too late"));
        awaitTurns();
        scripted.kept().get(1).complete(says(100));
        await().atMost(PATIENCE).until(() -> books.economy().checked());
        assertThat(errors()).isEmpty();
    }

    @Test
    void whatKeepsTheEconomyFromBeingCheckedIsLoggedOnceUntilItIsSomethingElseOrOver() {
        scripted.answer();
        for (String why : List.of("one", "one", "two")) {
            scripted.failWith(new IllegalStateException(why));
        }
        awaitFailures();
        awaitCheck();
        assertThat(errors()).containsExactly("one", "two");
        assertThat(logged.list).extracting(ILoggingEvent::getMessage).contains("the economy is checked again");

        scripted.failWith(new IllegalStateException("two"));
        awaitFailures();
        awaitCheck();
        assertThat(errors()).containsExactly("one", "two", "two");
    }

    private void awaitFailures() {
        await().atMost(PATIENCE).until(() -> {
            clocks.turn(LATER_MILLIS);
            return scripted.hasFailed();
        });
    }

    private void awaitCheck() {
        long checks = books.economy().checks();
        await().atMost(PATIENCE).until(() -> {
            clocks.turn(LATER_MILLIS);
            return books.economy().checks() > checks;
        });
    }

    private List<String> errors() {
        return logged.list.stream()
                .filter(event -> event.getLevel() == Level.ERROR)
                .map(event -> event.getThrowableProxy().getMessage())
                .toList();
    }
}
