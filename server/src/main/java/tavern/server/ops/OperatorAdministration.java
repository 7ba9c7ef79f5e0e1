package tavern.server.ops;

import static tavern.server.operators.Right.OPERATORS;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import tavern.server.operators.Credentials;
import tavern.server.store.OperatorAccount;
import tavern.server.store.OperatorKey;
import tavern.server.store.Sanction;

/**
 * Commands on the accounts of operators. Nobody can give rights that they do not have, nor change somebody who has more:
 * otherwise the right to make accounts would be all rights.
 */
final class OperatorAdministration {
    private static final Field NEW_PASSWORD = Field.text(
                    "newPassword", "The new password; without it, the server makes one, and the answer has it.")
            .optional();

    private final OperatorServices operators;
    private final AuditedCommands audited;
    private final OperatorTokens tokens;

    OperatorAdministration(OperatorServices operators, AuditedCommands audited, OperatorTokens tokens) {
        this.operators = operators;
        this.audited = audited;
        this.tokens = tokens;
    }

    List<Route> routes(Field reason, Field seconds, Field forever) {
        Field name = Field.bodyOperator("name", "The new operator's name.");
        Field roles = Field.choices(
                "roles",
                List.copyOf(operators.settings().roles().all().keySet()),
                "The roles; what the operator may do is what any of them may.");
        Field id = Field.text("id", "Of the session or token; without it, all sessions of the operator.")
                .optional();
        return List.of(
                Route.get(
                        "/api/v1/operators",
                        OPERATORS,
                        "All accounts, and all roles with their rights.",
                        List.of(),
                        call -> operators
                                .directory()
                                .read()
                                .thenApply(rows -> OperatorViews.everybody(
                                        rows, operators.settings().roles()))),
                Route.get(
                        "/api/v1/operators/sessions",
                        OPERATORS,
                        "All sessions and tokens of operators.",
                        List.of(),
                        this::sessions),
                Route.post(
                        "/api/v1/operators",
                        OPERATORS,
                        "Makes an account.",
                        List.of(reason, name, roles, seconds, forever, NEW_PASSWORD),
                        this::add),
                change("enable", "Lets a disabled operator in again.", this::enable, reason),
                change("disable", "Keeps the operator out, and ends the sessions.", this::disable, reason),
                change("roles", "Replaces the roles.", this::setRoles, reason, roles),
                change("expire", "Sets when the account expires.", this::expire, reason, seconds, forever),
                change(
                        "reset-second-factor",
                        "Removes a second factor that was lost, and ends the sessions.",
                        this::resetSecondFactor,
                        reason),
                change("remove", "Removes the account with its sessions and tokens.", this::remove, reason),
                change("end", "Ends a session or a token, or all sessions.", this::end, reason, id),
                Route.post(
                        "/api/v1/operators/{operator}/password",
                        OPERATORS,
                        "Sets a password, and ends the sessions.",
                        List.of(Field.operator(), reason, NEW_PASSWORD),
                        this::setPassword));
    }

    private Route change(
            String action,
            String summary,
            Function<ApiRequest, CompletionStage<PreparedCommand>> command,
            Field... fields) {
        List<Field> all = new ArrayList<>(List.of(Field.operator()));
        all.addAll(List.of(fields));
        return Route.post(
                "/api/v1/operators/{operator}/" + action,
                OPERATORS,
                summary,
                all,
                audited.order("operator " + action, "operator", command));
    }

    private CompletionStage<?> sessions(ApiRequest call) {
        String own = call.operator().credential();
        return operators
                .directory()
                .read()
                .thenApply(rows -> Map.of(
                        "sessions",
                        rows.keys().stream()
                                .sorted(Comparator.comparing(OperatorKey::operator)
                                        .thenComparing(OperatorKey::usedMillis, Comparator.reverseOrder()))
                                .map(key -> OperatorViews.key(key, own))
                                .toList()));
    }

    private CompletionStage<?> add(ApiRequest call) {
        String name = call.text("name");
        return withPassword(call, name, hash -> audited.order("operator add", "name", same -> prepareAdd(same, hash)));
    }

    private CompletionStage<PreparedCommand> prepareAdd(ApiRequest call, String hash) {
        String name = call.text("name");
        List<String> roles = roles(call);
        long until = until(call);
        if (tokens.has(name)) {
            throw RequestRefusedException.conflict(
                    "a token of the token file has this name, and the audit log must tell them apart");
        }
        String words = String.join(", ", roles) + ", " + untilWords(until);
        return CompletableFuture.completedFuture(PreparedCommand.inStore(
                words,
                known(() -> operators
                        .accounts()
                        .add(name, roles, until, now(), call.operator().toString(), hash)
                        .thenApply(account -> "made: " + words)),
                settled(name, account -> account.password().equals(hash), "made: " + words)));
    }

    private CompletionStage<?> setPassword(ApiRequest call) {
        String name = call.text("operator");
        requireOther(call, name);
        return withPassword(
                call,
                name,
                hash -> audited.order(
                        "operator password",
                        "operator",
                        same -> prepared(
                                same,
                                "",
                                () -> operators.accounts().setPassword(name, hash, ""),
                                account -> account.password().equals(hash),
                                "password set; sessions ended")));
    }

    /** Hashes the password that was given, or a new one, which the answer then contains. */
    private CompletionStage<?> withPassword(ApiRequest call, String name, Function<String, Route.Answer> order) {
        String given = call.text("newPassword", "");
        String password = given.isEmpty() ? Credentials.newPassword() : given;
        return operators
                .bounded(operators.passwords().hash(password, name))
                .thenCompose(hash -> order.apply(hash).to(call))
                .thenApply(done -> given.isEmpty() ? OperatorServices.with(done, "password", password) : done);
    }

    private CompletionStage<PreparedCommand> enable(ApiRequest call) {
        return prepared(
                call,
                "",
                () -> operators.accounts().setDisabled(call.text("operator"), false),
                account -> !account.disabled(),
                "enabled");
    }

    private CompletionStage<PreparedCommand> disable(ApiRequest call) {
        return prepared(
                call,
                "",
                () -> operators.accounts().setDisabled(call.text("operator"), true),
                OperatorAccount::disabled,
                "disabled; sessions ended");
    }

    private CompletionStage<PreparedCommand> setRoles(ApiRequest call) {
        List<String> roles = roles(call);
        return prepared(
                call,
                String.join(", ", roles),
                () -> operators.accounts().setRoles(call.text("operator"), roles),
                account -> account.roles().equals(roles),
                "roles: " + String.join(", ", roles));
    }

    private CompletionStage<PreparedCommand> expire(ApiRequest call) {
        long until = until(call);
        return prepared(
                call,
                untilWords(until),
                () -> operators.accounts().setUntil(call.text("operator"), until),
                account -> account.untilMillis() == until,
                untilWords(until));
    }

    private CompletionStage<PreparedCommand> resetSecondFactor(ApiRequest call) {
        requireOther(call, call.text("operator"));
        return prepared(
                call,
                "",
                () -> operators.accounts().resetSecondFactor(call.text("operator")),
                account -> account.totp().isEmpty(),
                "second factor removed; sessions ended");
    }

    private CompletionStage<PreparedCommand> remove(ApiRequest call) {
        String name = call.text("operator");
        return within(call, name)
                .thenApply(account -> PreparedCommand.inStore(
                        "",
                        known(() -> operators.accounts().remove(name).thenApply(removed -> "removed")),
                        () -> operators
                                .directory()
                                .read()
                                .thenApply(rows -> rows.accounts().stream()
                                                .anyMatch(each -> each.name().equals(name))
                                        ? "it was not done"
                                        : "removed")));
    }

    private CompletionStage<PreparedCommand> end(ApiRequest call) {
        String name = call.text("operator");
        String id = call.text("id", "");
        Predicate<OperatorKey> which = key -> id.isEmpty()
                ? key.kind() == OperatorKey.Kind.SESSION
                : OperatorViews.id(key).equals(id);
        return within(call, name).thenApply(account -> {
            Supplier<CompletionStage<String>> carryOut =
                    known(() -> operators.accounts().end(name, which).thenApply(OperatorAdministration::ended));
            // Ending what is ended does nothing, so an answer that was lost is asked for by doing it again.
            return PreparedCommand.inStore(id, carryOut, carryOut);
        });
    }

    private static String ended(int count) {
        return count == 1 ? "ended one" : "ended " + count;
    }

    /** A change of an account that the caller may change. */
    private CompletionStage<PreparedCommand> prepared(
            ApiRequest call,
            String words,
            Supplier<CompletionStage<OperatorAccount>> change,
            Predicate<OperatorAccount> isDone,
            String result) {
        String name = call.text("operator");
        return within(call, name)
                .thenApply(account -> PreparedCommand.inStore(
                        words, known(() -> change.get().thenApply(changed -> result)), settled(name, isDone, result)));
    }

    private Supplier<CompletionStage<String>> settled(String name, Predicate<OperatorAccount> isDone, String result) {
        return known(
                () -> operators.accounts().find(name).thenApply(now -> isDone.test(now) ? result : "it was not done"));
    }

    /** This server knows of the change when it answers; the others do within a second. */
    private Supplier<CompletionStage<String>> known(Supplier<CompletionStage<String>> change) {
        return () ->
                change.get().thenCompose(words -> operators.directory().read().thenApply(rows -> words));
    }

    /** Nobody can take over an account with a session that was left open, or with one of its tokens. */
    private static void requireOther(ApiRequest call, String name) {
        Operator caller = call.operator();
        if (caller.kind() != Operator.Kind.TOKEN_FILE && caller.name().equals(name)) {
            throw RequestRefusedException.conflict("this is your own account: change it under My account, or with"
                    + " /api/v1/account, which asks for your password");
        }
    }

    private CompletionStage<OperatorAccount> within(ApiRequest call, String name) {
        return operators.accounts().find(name).thenApply(account -> {
            requireWithin(call, account.roles());
            return account;
        });
    }

    private void requireWithin(ApiRequest call, List<String> roles) {
        if (!call.operator().rights().containsAll(operators.settings().roles().rights(roles))) {
            throw new RequestRefusedException(
                    403, "FORBIDDEN", "the roles " + String.join(", ", roles) + " have rights that you do not have");
        }
    }

    private List<String> roles(ApiRequest call) {
        List<String> roles = call.choices("roles").stream().distinct().sorted().toList();
        if (roles.isEmpty()) {
            throw RequestRefusedException.badRequest("roles must contain at least one of "
                    + String.join(", ", operators.settings().roles().all().keySet()));
        }
        requireWithin(call, roles);
        return roles;
    }

    private long until(ApiRequest call) {
        long seconds = call.number("seconds", 0);
        if (call.flag("forever") == (seconds > 0)) {
            throw RequestRefusedException.badRequest("say how long: either seconds, or forever = true");
        }
        return seconds == 0 ? Sanction.FOR_EVER_MILLIS : now() + seconds * 1_000;
    }

    private static String untilWords(long untilMillis) {
        return untilMillis >= Sanction.FOR_EVER_MILLIS
                ? "expires never"
                : "expires " + Instant.ofEpochMilli(untilMillis);
    }

    private long now() {
        return operators.clock().millis();
    }
}
