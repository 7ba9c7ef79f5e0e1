package tavern.server.operators;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tavern.server.store.OperatorAccount;
import tavern.server.store.OperatorAnswer;
import tavern.server.store.OperatorKey;
import tavern.server.store.OperatorRows;
import tavern.server.store.OperatorStore;
import tavern.server.store.Sanction;
import tavern.server.time.SetClocks;

final class SignInTest {
    private static final String PASSWORD = "correct horse battery";
    private static final int ITERATIONS = 1_000;

    private final SetClocks clocks = new SetClocks();
    private final Rows store = new Rows();
    private final OperatorAccounts accounts = new OperatorAccounts(store);
    private final Passwords passwords = new Passwords(ITERATIONS);
    private final OperatorSettings settings = new OperatorSettings(Roles.with(Map.of()), 30, 12, 100_000);
    private final SignIn signIn = new SignIn(
            store, new OperatorDirectory(store, settings, clocks.clocks()), passwords, settings, clocks.clocks());

    /** A store in memory, of one account. */
    private static final class Rows implements OperatorStore {
        private @Nullable OperatorAccount account;
        private final List<OperatorKey> keys = new ArrayList<>();
        private int reads;
        private Runnable beforeNextPut = () -> {};

        private long version() {
            return account == null ? 0 : account.version();
        }

        @Override
        public synchronized CompletionStage<OperatorAnswer> putOperator(
                OperatorAccount next, long seenVersion, @Nullable OperatorKey added, Collection<String> ended) {
            Runnable before = beforeNextPut;
            beforeNextPut = () -> {};
            before.run();
            if (version() != seenVersion) {
                return CompletableFuture.completedFuture(OperatorAnswer.CHANGED);
            }
            account = next;
            if (added != null) {
                keys.add(added);
            }
            return CompletableFuture.completedFuture(OperatorAnswer.DONE);
        }

        @Override
        public synchronized CompletionStage<Boolean> removeOperator(
                String name, long seenVersion, Collection<String> ended) {
            boolean isSeen = version() == seenVersion;
            if (isSeen) {
                account = null;
            }
            return CompletableFuture.completedFuture(isSeen);
        }

        @Override
        public CompletionStage<Void> useOperatorKey(String hash, long usedMillis) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletionStage<Void> endOperatorKeys(Collection<String> hashes) {
            throw new UnsupportedOperationException();
        }

        @Override
        public synchronized CompletionStage<OperatorRows> operators() {
            reads++;
            return CompletableFuture.completedFuture(
                    new OperatorRows(version(), account == null ? List.of() : List.of(account), keys));
        }

        @Override
        public CompletionStage<Long> operatorsVersion() {
            return CompletableFuture.completedFuture(version());
        }
    }

    @AfterEach
    void close() {
        passwords.close();
    }

    private void add(int iterations) {
        await(accounts.add(
                "ann",
                List.of("viewer"),
                Sanction.FOR_EVER_MILLIS,
                clocks.wall().millis(),
                "",
                PasswordHash.of(PASSWORD, iterations)));
    }

    private String secondFactor() {
        String secret = Totp.newSecret();
        long now = clocks.wall().millis();
        await(accounts.setSecondFactor("ann", secret, Totp.code(secret, now, -1), List.of(), now));
        return secret;
    }

    private String code(String secret) {
        return Totp.code(secret, clocks.wall().millis(), 0);
    }

    private void signIn(String password, String code) {
        await(signIn.signIn("ann", password, code, InetAddress.getLoopbackAddress()));
    }

    private static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private int readsOfRefused(String password, String code) {
        int before = store.reads;
        assertThatThrownBy(() -> signIn(password, code)).hasMessageContaining("is wrong");
        return store.reads - before;
    }

    private String hash() {
        return requireNonNull(store.account).password();
    }

    @Test
    void aWrongCodeCostsNoMoreThanAWrongPassword() {
        add(ITERATIONS);
        String secret = secondFactor();
        assertThat(readsOfRefused(PASSWORD, "")).isEqualTo(1);
        assertThat(readsOfRefused("wrong wrong wrong", code(secret))).isEqualTo(1);
    }

    @Test
    void aHashOfAnotherNumberOfRoundsIsRenewedWhenItsOperatorSignsIn() {
        add(ITERATIONS / 2);
        String old = hash();
        readsOfRefused("wrong wrong wrong", "");
        assertThat(hash()).isEqualTo(old);
        signIn(PASSWORD, "");
        String renewed = hash();
        assertThat(PasswordHash.isOf(renewed, ITERATIONS)).isTrue();
        signIn(PASSWORD, "");
        assertThat(hash()).isEqualTo(renewed);
    }

    @Test
    void ofTwoAtOnceThatRenewTheHashBothSignIn() {
        add(ITERATIONS / 2);
        store.beforeNextPut =
                () -> store.account = requireNonNull(store.account).withPassword(PasswordHash.of(PASSWORD, ITERATIONS));
        signIn(PASSWORD, "");
        assertThat(store.keys).hasSize(1);
    }

    @Test
    void noSessionOfAnAccountThatWasRemovedIsBegunOnOneThatWasMadeSince() {
        add(ITERATIONS);
        store.beforeNextPut = () -> {
            await(accounts.remove("ann"));
            clocks.turn(1);
            await(accounts.add(
                    "ann",
                    List.of("admin"),
                    Sanction.FOR_EVER_MILLIS,
                    clocks.wall().millis(),
                    "",
                    PasswordHash.of("another horse battery", ITERATIONS)));
        };
        assertThatThrownBy(() -> signIn(PASSWORD, "")).hasMessageContaining("is wrong");
        assertThat(store.keys).isEmpty();
    }
}
