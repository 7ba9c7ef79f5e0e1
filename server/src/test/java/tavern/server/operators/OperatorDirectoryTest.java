package tavern.server.operators;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tavern.server.store.OperatorAccount;
import tavern.server.store.OperatorAnswer;
import tavern.server.store.OperatorKey;
import tavern.server.store.OperatorRows;
import tavern.server.store.OperatorStore;
import tavern.server.store.Sanction;
import tavern.server.time.SetClocks;

final class OperatorDirectoryTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final SetClocks clocks = new SetClocks();
    private final Rows store = new Rows();
    private final OperatorDirectory directory =
            new OperatorDirectory(store, new OperatorSettings(Roles.with(Map.of()), 30, 12, 100_000), clocks.clocks());
    private final String session = Credentials.newSession();
    private final String token = Credentials.newToken();

    /** A store of one account; it answers at once, or not at all. */
    private final class Rows implements OperatorStore {
        private OperatorRows rows = new OperatorRows(0, List.of(), List.of());
        private final List<String> ended = new ArrayList<>();
        private int uses;
        private int reads;
        private boolean away;

        private <T> CompletionStage<T> answer(T value) {
            return away ? CompletableFuture.failedFuture(new IllegalStateException("away")) : completed(value);
        }

        private static <T> CompletionStage<T> completed(T value) {
            return CompletableFuture.completedFuture(value);
        }

        @Override
        public CompletionStage<OperatorAnswer> putOperator(
                OperatorAccount next, long seenVersion, @Nullable OperatorKey added, Collection<String> gone) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<Boolean> removeOperator(String name, long seenVersion, Collection<String> gone) {
            throw new UnsupportedOperationException();
        }

        @Override
        @SuppressWarnings("NullAway") // Void has no value but null
        public CompletionStage<Void> useOperatorKey(String hash, long usedMillis) {
            uses++;
            return answer(null);
        }

        @Override
        @SuppressWarnings("NullAway") // Void has no value but null
        public CompletionStage<Void> endOperatorKeys(Collection<String> hashes) {
            ended.addAll(hashes);
            return answer(null);
        }

        @Override
        public CompletionStage<OperatorRows> operators() {
            reads++;
            return answer(rows);
        }

        @Override
        public CompletionStage<Long> operatorsVersion() {
            return answer(rows.version());
        }
    }

    @BeforeEach
    void fill() {
        store.rows = rows(false);
        directory.refresh();
    }

    private OperatorRows rows(boolean disabled) {
        long now = clocks.wall().millis();
        OperatorAccount ann = new OperatorAccount(
                "ann",
                1,
                List.of("moderator", "unknown"),
                disabled,
                Sanction.FOR_EVER_MILLIS,
                now,
                "",
                "",
                "",
                0,
                List.of(),
                0,
                "");
        return new OperatorRows(
                store.rows.version() + 1,
                List.of(ann),
                List.of(
                        key(session, OperatorKey.Kind.SESSION, Duration.ofHours(12)),
                        key(token, OperatorKey.Kind.TOKEN, Duration.ofDays(2))));
    }

    private OperatorKey key(String secret, OperatorKey.Kind kind, Duration valid) {
        long now = clocks.wall().millis();
        return new OperatorKey(
                Credentials.hash(secret), "ann", kind, "", now, now + valid.toMillis(), now, "127.0.0.1");
    }

    private boolean isIn(String secret) {
        return directory.find(Credentials.hash(secret)) != null;
    }

    private void later(Duration time) {
        clocks.turn(time);
        directory.refresh();
    }

    @Test
    void aKeyHasTheRightsOfItsAccountsRolesAndUnknownOnesGiveNone() {
        assertThat(Objects.requireNonNull(directory.use(session)).rights())
                .containsExactly(Right.SEE, Right.SEE_PRIVATE, Right.PLAYERS, Right.ANNOUNCE);
        assertThat(directory.use(Credentials.newSession())).isNull();
        store.rows = rows(true);
        directory.refresh();
        assertThat(isIn(session)).isFalse();
        assertThat(isIn(token)).isFalse();
    }

    @Test
    void aSessionThatNobodyUsesIsOverAndATokenIsNot() {
        later(Duration.ofMinutes(29));
        assertThat(isIn(session)).as("a look is no use").isTrue();
        later(MINUTE);
        assertThat(isIn(session)).isFalse();
        assertThat(isIn(token)).isTrue();
        assertThat(store.ended).contains(Credentials.hash(session)).doesNotContain(Credentials.hash(token));
        later(Duration.ofDays(2));
        assertThat(isIn(token)).isFalse();
    }

    @Test
    void whoUsesASessionKeepsItUntilItsEndAndTheStoreIsToldOnceAMinute() {
        for (int minute = 1; minute < 12 * 60; minute++) {
            later(MINUTE);
            assertThat(directory.use(session)).as("minute %d", minute).isNotNull();
            assertThat(directory.use(session)).isNotNull();
        }
        assertThat(store.uses).isBetween(300, 720);
        later(MINUTE);
        assertThat(directory.use(session)).isNull();
    }

    @Test
    void onlyWhatHasChangedIsReadAgain() {
        int before = store.reads;
        for (int i = 0; i < 10; i++) {
            directory.refresh();
        }
        assertThat(store.reads).isEqualTo(before);
        store.rows = rows(true);
        directory.refresh();
        assertThat(store.reads).isEqualTo(before + 1);
    }

    @Test
    void withoutTheStoreItHoldsForTenMinutes() {
        store.away = true;
        later(Duration.ofMinutes(10));
        assertThat(isIn(session)).isTrue();
        later(Duration.ofSeconds(1));
        assertThat(isIn(session)).isFalse();
        assertThat(directory.isUsable()).isFalse();
        store.away = false;
        directory.refresh();
        assertThat(isIn(session)).isTrue();
    }
}
