package tavern.server.operators;

import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tavern.server.store.OperatorAccount;
import tavern.server.store.OperatorAnswer;
import tavern.server.store.OperatorKey;
import tavern.server.store.OperatorRows;
import tavern.server.store.OperatorStore;
import tavern.server.store.Stages;

/** Changes of accounts. All stages fail with {@link OperatorException}, or as the store's do. Safe on any thread. */
public final class OperatorAccounts {
    static final int TOKENS_MAX = 20;
    private static final int ATTEMPTS_MAX = 5;
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,31}");

    private final OperatorStore store;

    public OperatorAccounts(OperatorStore store) {
        this.store = store;
    }

    public CompletionStage<OperatorAccount> find(String name) {
        return store.operators().thenApply(rows -> require(rows, name));
    }

    private static OperatorAccount require(OperatorRows rows, String name) {
        return rows.accounts().stream()
                .filter(account -> account.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new OperatorException(OperatorException.Reason.UNKNOWN, "there is no operator of this name"));
    }

    /** Whether an account can have this name. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /**
     * Makes an account.
     *
     * @param name as {@link #isName} allows it
     * @param password a hash
     */
    public CompletionStage<OperatorAccount> add(
            String name, List<String> roles, long untilMillis, long nowMillis, String by, String password) {
        // Another account of this name, removed long ago or a moment ago, never had this version.
        long version = TimeUnit.MILLISECONDS.toMicros(nowMillis);
        OperatorAccount account = new OperatorAccount(
                name, version, roles, false, untilMillis, nowMillis, by, password, "", 0, List.of(), 0, "");
        return store.putOperator(account, 0, null, List.of()).thenApply(answer -> switch (answer) {
            case DONE -> account;
            case CHANGED -> throw OperatorException.conflict("there is an operator of this name already");
            case TOO_MANY ->
                throw OperatorException.conflict("there are " + OperatorStore.ACCOUNTS_MAX
                        + " operators already; remove those that are no longer needed");
        });
    }

    public CompletionStage<OperatorAccount> setRoles(String name, List<String> roles) {
        return change(name, account -> account.withRoles(roles), key -> false);
    }

    /** A disabled operator's sessions are over; tokens are valid again when the account is enabled. */
    public CompletionStage<OperatorAccount> setDisabled(String name, boolean disabled) {
        return change(
                name,
                account -> account.withDisabled(disabled),
                key -> disabled && key.kind() == OperatorKey.Kind.SESSION);
    }

    public CompletionStage<OperatorAccount> setUntil(String name, long untilMillis) {
        return change(name, account -> account.withUntil(untilMillis), key -> false);
    }

    /**
     * Sets a password, and ends the operator's other sessions.
     *
     * @param hash of the new password
     * @param kept hash of the key of the session that stays; empty for none
     */
    public CompletionStage<OperatorAccount> setPassword(String name, String hash, String kept) {
        return change(
                name,
                account -> account.withPassword(hash),
                key -> key.kind() == OperatorKey.Kind.SESSION && !key.hash().equals(kept));
    }

    /** Removes the second factor at its owner's wish. */
    public CompletionStage<OperatorAccount> removeSecondFactor(String name) {
        return change(name, account -> account.withSecondFactor("", 0, List.of()), key -> false);
    }

    /** Removes the second factor, which was lost, and ends the operator's sessions. */
    public CompletionStage<OperatorAccount> resetSecondFactor(String name) {
        return change(
                name,
                account -> account.withSecondFactor("", 0, List.of()),
                key -> key.kind() == OperatorKey.Kind.SESSION);
    }

    /**
     * Sets a second factor once its owner has shown a code of it.
     *
     * @param recoveryCodes in the clear
     */
    public CompletionStage<OperatorAccount> setSecondFactor(
            String name, String secret, String code, List<String> recoveryCodes, long nowMillis) {
        if (!Totp.isSecret(secret)) {
            throw OperatorException.bad("this is not a secret that the server has made");
        }
        OptionalLong step = Totp.isCode(code) ? Totp.step(secret, code, nowMillis, 0) : OptionalLong.empty();
        if (step.isEmpty()) {
            throw OperatorException.bad("the code is not of this secret and this moment; look at the clock of the app");
        }
        List<String> hashes =
                recoveryCodes.stream().map(Credentials::recoveryHash).toList();
        return change(name, account -> account.withSecondFactor(secret, step.getAsLong(), hashes), key -> false);
    }

    /** Adds a token for scripts. */
    public CompletionStage<OperatorAccount> addToken(OperatorKey token) {
        return change(token.operator(), token, ATTEMPTS_MAX, OperatorAccount::touched, key -> false);
    }

    /** Ends sessions and tokens of the operator. */
    public CompletionStage<Integer> end(String name, Predicate<OperatorKey> which) {
        return store.operators().thenCompose(rows -> {
            List<String> ended = hashes(rows, name, which);
            return store.endOperatorKeys(ended).thenApply(done -> ended.size());
        });
    }

    public CompletionStage<OperatorAccount> remove(String name) {
        return remove(name, ATTEMPTS_MAX);
    }

    private CompletionStage<OperatorAccount> remove(String name, int attempts) {
        return store.operators().thenCompose(rows -> {
            OperatorAccount account = require(rows, name);
            return store.removeOperator(name, account.version(), hashes(rows, name, key -> true))
                    .thenCompose(removed -> {
                        if (removed) {
                            return CompletableFuture.completedFuture(account);
                        }
                        return attempts > 1 ? remove(name, attempts - 1) : changing();
                    });
        });
    }

    private CompletionStage<OperatorAccount> change(
            String name, Function<OperatorAccount, OperatorAccount> change, Predicate<OperatorKey> ends) {
        return change(name, null, ATTEMPTS_MAX, change, ends);
    }

    private CompletionStage<OperatorAccount> change(
            String name,
            @Nullable OperatorKey added,
            int attempts,
            Function<OperatorAccount, OperatorAccount> change,
            Predicate<OperatorKey> ends) {
        return Stages.begin(store::operators).thenCompose(rows -> {
            if (added != null
                    && hashes(rows, name, key -> key.kind() == OperatorKey.Kind.TOKEN)
                                    .size()
                            >= TOKENS_MAX) {
                throw OperatorException.conflict("there are " + TOKENS_MAX + " tokens already; end one");
            }
            OperatorAccount before = require(rows, name);
            OperatorAccount next = change.apply(before);
            return store.putOperator(next, before.version(), added, hashes(rows, name, ends))
                    .thenCompose(answer -> {
                        if (answer == OperatorAnswer.DONE) {
                            return CompletableFuture.completedFuture(next);
                        }
                        if (answer == OperatorAnswer.TOO_MANY) {
                            throw OperatorException.conflict("there are too many sessions and tokens; end some");
                        }
                        return attempts > 1 ? change(name, added, attempts - 1, change, ends) : changing();
                    });
        });
    }

    private static CompletionStage<OperatorAccount> changing() {
        return CompletableFuture.failedFuture(
                OperatorException.conflict("others keep changing this account; try again"));
    }

    private static List<String> hashes(OperatorRows rows, String name, Predicate<OperatorKey> which) {
        return rows.keys().stream()
                .filter(key -> key.operator().equals(name) && which.test(key))
                .map(OperatorKey::hash)
                .toList();
    }
}
