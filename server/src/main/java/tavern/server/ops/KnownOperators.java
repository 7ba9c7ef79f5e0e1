package tavern.server.ops;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import tavern.server.operators.Credentials;
import tavern.server.operators.OperatorDirectory;
import tavern.server.operators.SignedIn;
import tavern.server.store.OperatorKey;

/** Everybody who may use the API: the tokens of the token file, and the sessions and tokens of accounts. Safe on any thread. */
final class KnownOperators {
    private final OperatorTokens tokens;
    private final OperatorDirectory accounts;

    KnownOperators(OperatorTokens tokens, OperatorDirectory accounts) {
        this.tokens = tokens;
        this.accounts = accounts;
    }

    /** Notices changes; called several times a second. */
    void refresh() {
        tokens.refresh();
        accounts.refresh();
    }

    /** Whether the secret may be a key that another server has made a moment ago. */
    boolean isUnheardOf(String secret) {
        return Credentials.isKey(secret) && accounts.find(Credentials.hash(secret)) == null;
    }

    /** Completes when all keys are known that exist now; on a thread of the store. */
    CompletionStage<?> look() {
        return accounts.read();
    }

    /**
     * Returns the operator, or null if nobody has this secret. Throws {@link RequestRefusedException} when that cannot be
     * told.
     */
    @Nullable
    Operator find(String secret) {
        if (!Credentials.isKey(secret)) {
            return tokens.find(secret);
        }
        if (!accounts.isUsable()) {
            throw new RequestRefusedException(
                    503,
                    "UNAVAILABLE",
                    "the store does not answer, so accounts are not known; a token of the file ops.token is",
                    1);
        }
        return operator(accounts.use(secret));
    }

    /** Whether the operator is still known, with the same rights. */
    boolean isValid(Operator operator) {
        return operator.kind() == Operator.Kind.TOKEN_FILE
                ? tokens.isValid(operator)
                : operator.equals(operator(accounts.find(operator.credential())));
    }

    private static @Nullable Operator operator(@Nullable SignedIn found) {
        if (found == null) {
            return null;
        }
        boolean isSession = found.key().kind() == OperatorKey.Kind.SESSION;
        return new Operator(
                found.account().name(),
                found.account().roles(),
                found.rights(),
                isSession ? Operator.Kind.SESSION : Operator.Kind.TOKEN,
                found.key().hash());
    }
}
