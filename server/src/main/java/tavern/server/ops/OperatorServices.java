package tavern.server.ops;

import com.google.gson.JsonObject;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import tavern.server.operators.OperatorAccounts;
import tavern.server.operators.OperatorDirectory;
import tavern.server.operators.OperatorSettings;
import tavern.server.operators.Passwords;
import tavern.server.operators.SignIn;
import tavern.server.store.OperatorStore;
import tavern.server.time.Clocks;

/** Everything about accounts of operators that routes use. */
record OperatorServices(
        OperatorSettings settings,
        OperatorDirectory directory,
        OperatorAccounts accounts,
        Passwords passwords,
        SignIn signIn,
        InstantSource clock)
        implements AutoCloseable {
    /** Longer than all passwords that may wait take to be checked. */
    private static final long PASSWORD_MILLIS_MAX = 20_000;

    static OperatorServices of(OperatorSettings settings, OperatorStore store, Clocks clocks) {
        OperatorDirectory directory = new OperatorDirectory(store, settings, clocks);
        Passwords passwords = new Passwords(settings.passwordIterations());
        return new OperatorServices(
                settings,
                directory,
                new OperatorAccounts(store),
                passwords,
                new SignIn(store, directory, passwords, settings, clocks),
                clocks.wall());
    }

    /** For what waits for passwords to be checked. */
    <T> CompletableFuture<T> bounded(CompletionStage<T> answer) {
        return AnswerTimeout.bounded(answer, PASSWORD_MILLIS_MAX);
    }

    /** The answer of a command with something in addition that must not be in the audit log. */
    static Object with(Object done, String name, Object secret) {
        JsonObject answer = Json.tree(done).getAsJsonObject();
        answer.add(name, Json.tree(secret));
        return answer;
    }

    @Override
    public void close() {
        passwords.close();
    }
}
