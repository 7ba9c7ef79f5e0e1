package tavern.server;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import tavern.cli.ApiException;
import tavern.server.operators.Credentials;
import tavern.server.operators.OperatorAccounts;
import tavern.server.operators.OperatorException;
import tavern.server.operators.OperatorSettings;
import tavern.server.operators.Passwords;
import tavern.server.store.AuditEntry;
import tavern.server.store.Causes;
import tavern.server.store.OperatorAccount;
import tavern.server.store.OperatorRows;
import tavern.server.store.Sanction;
import tavern.server.store.Store;
import tavern.server.time.Clocks;

/** Changes accounts of operators in a store, and writes that into the audit log. Blocks. */
final class OperatorsInStore implements OperatorDesk {
    private static final int AUDIT_ATTEMPTS_MAX = 20;

    private final Store store;
    private final OperatorSettings settings;
    private final OperatorAccounts accounts;
    private final Passwords passwords;
    private final Clocks clocks = Clocks.system();

    /** @param store is closed with this */
    OperatorsInStore(Store store, OperatorSettings settings) {
        this.store = store;
        this.settings = settings;
        accounts = new OperatorAccounts(store);
        passwords = new Passwords(settings.passwordIterations());
    }

    @Override
    public JsonObject list() {
        OperatorRows rows = Check.await(store.operators());
        JsonArray list = new JsonArray();
        rows.accounts().stream().map(OperatorsInStore::row).forEach(list::add);
        JsonObject answer = new JsonObject();
        answer.add("operators", list);
        return answer;
    }

    private static JsonElement row(OperatorAccount account) {
        JsonObject row = new JsonObject();
        row.addProperty("name", account.name());
        row.add("roles", new Gson().toJsonTree(account.roles()));
        row.addProperty("disabled", account.disabled());
        row.addProperty("untilMillis", account.untilMillis());
        row.addProperty("secondFactor", !account.totp().isEmpty());
        row.addProperty("signedInMillis", account.signedInMillis());
        row.addProperty("signedInFrom", account.signedInFrom());
        return row;
    }

    @Override
    public JsonObject add(JsonObject body) throws ApiException {
        String name = body.get("name").getAsString();
        if (!OperatorAccounts.isName(name)) {
            throw new ApiException(
                    "an operator's name has up to 32 characters: a-z, 0-9, and further on . _ and - too");
        }
        List<String> roles = roles(body);
        JsonObject answer = new JsonObject();
        String hash = hash(name, body, answer);
        return done(
                answer,
                "operator add",
                name,
                body,
                accounts.add(name, roles, until(body), now(), operator(), hash),
                "made: " + String.join(", ", roles) + ", " + untilWords(until(body)));
    }

    @Override
    public JsonObject change(String name, String action, JsonObject body) throws ApiException {
        JsonObject answer = new JsonObject();
        String order = "operator " + action;
        return switch (action) {
            case "enable" -> done(answer, order, name, body, accounts.setDisabled(name, false), "enabled");
            case "disable" ->
                done(answer, order, name, body, accounts.setDisabled(name, true), "disabled; sessions ended");
            case "expire" ->
                done(answer, order, name, body, accounts.setUntil(name, until(body)), untilWords(until(body)));
            case "password" ->
                done(
                        answer,
                        order,
                        name,
                        body,
                        accounts.setPassword(name, hash(name, body, answer), ""),
                        "password set; sessions ended");
            case "reset-second-factor" ->
                done(
                        answer,
                        order,
                        name,
                        body,
                        accounts.resetSecondFactor(name),
                        "second factor removed; sessions ended");
            case "remove" -> done(answer, order, name, body, accounts.remove(name), "removed");
            default -> throw new IllegalArgumentException(action);
        };
    }

    /** The hash of the password in the body, or of a new one, which is put into the answer. */
    private String hash(String name, JsonObject body, JsonObject answer) throws ApiException {
        String password;
        if (body.has("newPassword")) {
            password = body.get("newPassword").getAsString().strip();
        } else {
            password = Credentials.newPassword();
            answer.addProperty("password", password);
        }
        try {
            return Check.await(passwords.hash(password, name));
        } catch (OperatorException e) {
            throw new ApiException(String.valueOf(e.getMessage()));
        }
    }

    private JsonObject done(
            JsonObject answer,
            String action,
            String name,
            JsonObject body,
            CompletionStage<OperatorAccount> change,
            String result)
            throws ApiException {
        try {
            Check.await(change);
        } catch (CompletionException e) {
            if (Causes.of(e) instanceof OperatorException refused) {
                throw new ApiException(String.valueOf(refused.getMessage()));
            }
            throw e;
        }
        answer.addProperty("result", result);
        answer.addProperty("audit", audit(action, name, body.get("reason").getAsString(), result));
        return answer;
    }

    /** Returns the number of the entry. Servers of the realm may be writing to the log too. */
    private long audit(String action, String target, String reason, String result) throws ApiException {
        AuditEntry.Fact fact = new AuditEntry.Fact(now(), operator(), "local", action, target, reason, result);
        for (int i = 0; i < AUDIT_ATTEMPTS_MAX; i++) {
            AuditEntry entry = AuditEntry.after(Check.await(store.newestAudit()).orElse(null), fact);
            if (Check.await(store.appendAudit(entry))) {
                return entry.seq();
            }
        }
        throw new ApiException(result + ", but servers kept writing to the audit log, so that it is not in it");
    }

    private static String operator() {
        return "bin/server (" + System.getProperty("user.name") + ")";
    }

    private List<String> roles(JsonObject body) throws ApiException {
        List<String> roles = StreamSupport.stream(body.getAsJsonArray("roles").spliterator(), false)
                .map(JsonElement::getAsString)
                .distinct()
                .sorted()
                .toList();
        if (!settings.roles().all().keySet().containsAll(roles)) {
            throw new ApiException(
                    "--role takes " + String.join(", ", settings.roles().all().keySet()) + ", with commas between");
        }
        return roles;
    }

    private long until(JsonObject body) {
        return body.has("seconds")
                ? now() + TimeUnit.SECONDS.toMillis(body.get("seconds").getAsLong())
                : Sanction.FOR_EVER_MILLIS;
    }

    private static String untilWords(long untilMillis) {
        return untilMillis >= Sanction.FOR_EVER_MILLIS
                ? "expires never"
                : "expires " + Instant.ofEpochMilli(untilMillis);
    }

    private long now() {
        return clocks.wall().millis();
    }

    @Override
    public void close() {
        passwords.close();
        store.close();
    }
}
