package tavern.server.operators;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.server.guard.PacedLog;
import tavern.server.session.NetworkPrefix;
import tavern.server.store.Causes;
import tavern.server.store.OperatorAccount;
import tavern.server.store.OperatorKey;
import tavern.server.store.OperatorRows;
import tavern.server.store.OperatorStore;
import tavern.server.store.Stages;
import tavern.server.time.Clocks;

/**
 * Signs operators in with their name, password and code. All that fails takes as long and says the same, whatever was
 * wrong. Safe on any thread; stages complete on threads of the store or of the passwords.
 */
public final class SignIn {
    /** Of one operator; a further one ends the oldest. */
    static final int SESSIONS_MAX = 10;

    private static final Logger log = LoggerFactory.getLogger(SignIn.class);
    private static final PacedLog refusals = PacedLog.perSecond(log);
    private static final int ATTEMPTS_MAX = 5;

    private final OperatorStore store;
    private final OperatorDirectory directory;
    private final Passwords passwords;
    private final SignInThrottle throttle;
    private final OperatorSettings settings;
    private final InstantSource clock;

    public SignIn(
            OperatorStore store,
            OperatorDirectory directory,
            Passwords passwords,
            OperatorSettings settings,
            Clocks clocks) {
        this.store = store;
        this.directory = directory;
        this.passwords = passwords;
        this.throttle = new SignInThrottle(clocks.monotonic());
        this.settings = settings;
        this.clock = clocks.wall();
    }

    /**
     * A new session.
     *
     * @param secret its key, which nobody else knows
     */
    public record Session(String secret, OperatorAccount account) {}

    /** A use of the second factor that was found right. */
    private record Factor(long step, List<String> recovery) {}

    /** An operator whose password and code were right. */
    private record Checked(OperatorAccount account, Factor factor) {}

    /**
     * Fails with {@link OperatorException}.
     *
     * @param code of the authenticator app, or a recovery code; empty for none
     */
    public CompletionStage<Session> signIn(String name, String password, String code, InetAddress address) {
        return logged(
                        address,
                        () -> begun(name, address)
                                .thenCompose(rows -> attempt(rows, name, password, code, address, ATTEMPTS_MAX)))
                .thenCompose(session -> directory.read().thenApply(rows -> session));
    }

    /**
     * Checks the password of an operator who is signed in. Fails with {@link OperatorException}.
     *
     * @param code must be right too if there is a second factor; null when the password is enough
     */
    public CompletionStage<OperatorAccount> confirm(
            String name, String password, @Nullable String code, InetAddress address) {
        return logged(
                address,
                () -> begun(name, address)
                        .thenCompose(rows -> checked(rows, name, password, code))
                        .thenApply(checked -> {
                            throttle.succeeded(name, address, isKnown(checked.account(), address));
                            return checked.account();
                        }));
    }

    /** docs/OPS.md tells programs such as fail2ban how the line looks. */
    private static <T> CompletionStage<T> logged(InetAddress address, Supplier<CompletionStage<T>> check) {
        return Stages.begin(check).whenComplete((done, failure) -> {
            if (failure != null
                    && Causes.of(failure) instanceof OperatorException refused
                    && (refused.reason() == OperatorException.Reason.WRONG
                            || refused.reason() == OperatorException.Reason.THROTTLED)) {
                refusals.warn(
                        "ops login refused from {}: {}",
                        address.getHostAddress(),
                        String.valueOf(refused.getMessage()));
            }
        });
    }

    /** Counts the attempt, and reads what it is checked with. */
    private CompletionStage<OperatorRows> begun(String name, InetAddress address) {
        throttle.begin(address);
        return store.operators().thenApply(rows -> {
            throttle.begin(name, address, isKnown(find(rows, name), address));
            return rows;
        });
    }

    /** Checks password and code together, with the same work whichever is wrong. */
    private CompletionStage<Checked> checked(OperatorRows rows, String name, String password, @Nullable String code) {
        OperatorAccount account = find(rows, name);
        return passwords
                .matches(password, account == null ? "" : account.password())
                .thenApply(matches -> {
                    long now = clock.millis();
                    Factor factor = account == null ? null : factor(account, code, now);
                    if (account == null || factor == null || !matches || !account.isActive(now)) {
                        throw OperatorException.wrong();
                    }
                    return new Checked(account, factor);
                });
    }

    private static @Nullable OperatorAccount find(OperatorRows rows, String name) {
        return rows.accounts().stream()
                .filter(account -> account.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private static boolean isKnown(@Nullable OperatorAccount account, InetAddress address) {
        if (account == null || account.signedInFrom().isEmpty()) {
            return false;
        }
        try {
            // An address in figures: nothing is resolved.
            return NetworkPrefix.of(InetAddress.getByName(account.signedInFrom()))
                    .equals(NetworkPrefix.of(address));
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private CompletionStage<Session> attempt(
            OperatorRows rows, String name, String password, String code, InetAddress address, int attempts) {
        return checked(rows, name, password, code)
                .thenCompose(checked -> passwords
                        .renewed(password, checked.account().password())
                        .thenCompose(hash -> enter(rows, checked, hash, address)))
                .thenCompose(session -> session.isPresent()
                        ? CompletableFuture.completedFuture(session.get())
                        : again(name, password, code, address, attempts - 1));
    }

    /** The account was changed meanwhile: all is checked anew. */
    private CompletionStage<Session> again(
            String name, String password, String code, InetAddress address, int attempts) {
        if (attempts == 0) {
            throw busy();
        }
        return store.operators().thenCompose(rows -> attempt(rows, name, password, code, address, attempts));
    }

    /**
     * Uses up the code and begins the session in one step, so that of two uses of a code one fails. Empty when the account
     * is no longer what was checked.
     */
    private CompletionStage<Optional<Session>> enter(
            OperatorRows rows, Checked checked, String hash, InetAddress address) {
        OperatorAccount account = checked.account();
        long now = clock.millis();
        String secret = Credentials.newSession();
        OperatorKey key = new OperatorKey(
                Credentials.hash(secret),
                account.name(),
                OperatorKey.Kind.SESSION,
                "",
                now,
                Math.min(now + TimeUnit.HOURS.toMillis(settings.hoursMax()), account.untilMillis()),
                now,
                address.getHostAddress());
        OperatorAccount next = account.withSignIn(
                now,
                address.getHostAddress(),
                hash,
                checked.factor().step(),
                checked.factor().recovery());
        return store.putOperator(next, account.version(), key, oldest(rows, account.name()))
                .thenApply(answer -> switch (answer) {
                    case CHANGED -> Optional.empty();
                    case TOO_MANY -> throw busy();
                    case DONE -> {
                        throttle.succeeded(account.name(), address, isKnown(account, address));
                        log.info("operator {} signed in from {}", account.name(), address.getHostAddress());
                        yield Optional.of(new Session(secret, next));
                    }
                });
    }

    private static OperatorException busy() {
        return new OperatorException(
                OperatorException.Reason.BUSY, "there are too many sessions of operators; try again");
    }

    /** Returns null if the code is wrong. */
    private static @Nullable Factor factor(OperatorAccount account, @Nullable String code, long nowMillis) {
        if (code == null || account.totp().isEmpty()) {
            return new Factor(account.totpStep(), account.recovery());
        }
        if (Totp.isCode(code)) {
            OptionalLong step = Totp.step(account.totp(), code, nowMillis, account.totpStep());
            return step.isPresent() ? new Factor(step.getAsLong(), account.recovery()) : null;
        }
        List<String> left = new ArrayList<>(account.recovery());
        return left.remove(Credentials.recoveryHash(code)) ? new Factor(account.totpStep(), left) : null;
    }

    /** The sessions that make room for another one. */
    private static List<String> oldest(OperatorRows rows, String name) {
        List<OperatorKey> own = rows.keys().stream()
                .filter(key -> key.operator().equals(name) && key.kind() == OperatorKey.Kind.SESSION)
                .sorted(Comparator.comparingLong(OperatorKey::usedMillis))
                .toList();
        return own.stream()
                .limit(Math.max(0, own.size() - SESSIONS_MAX + 1))
                .map(OperatorKey::hash)
                .toList();
    }
}
