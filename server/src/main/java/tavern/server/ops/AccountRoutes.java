package tavern.server.ops;

import static tavern.server.operators.Right.SEE;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tavern.server.operators.Credentials;
import tavern.server.operators.Totp;
import tavern.server.store.OperatorAccount;
import tavern.server.store.OperatorKey;
import tavern.server.store.OperatorRows;

/** Signing in and out, and what operators do with their own accounts; that needs their password. */
final class AccountRoutes {
    private static final Field PASSWORD = Field.text("password", "The operator's password.");
    private static final Field CODE =
            Field.text("code", "Of the second factor, or a recovery code; not needed without a second factor.");
    private static final Field CURRENT_CODE = Field.text(
                    "currentCode", "Of the second factor that is replaced, or a recovery code; not needed without one.")
            .optional();
    private static final Field NEW_CODE = Field.text("code", "Of the new secret.");
    private static final Field ID = Field.text("id", "Of one of the operator's own sessions or tokens.");

    private final OperatorServices operators;
    private final AuditedCommands audited;
    private final String realm;

    AccountRoutes(OperatorServices operators, AuditedCommands audited, String realm) {
        this.operators = operators;
        this.audited = audited;
        this.realm = realm;
    }

    List<Route> routes() {
        return List.of(
                Route.post(
                        "/api/v1/sign-in",
                        null,
                        "Begins a session; its key is used like a token.",
                        List.of(Field.text("name", "The operator's name."), PASSWORD, CODE.optional()),
                        this::signIn),
                Route.post("/api/v1/sign-out", SEE, "Ends the session.", List.of(), this::signOut),
                Route.get("/api/v1/whoami", SEE, "Who sends the request.", List.of(), this::whoAmI),
                Route.get("/api/v1/account", SEE, "The operator's own account.", List.of(), this::account),
                Route.post(
                        "/api/v1/account/password",
                        SEE,
                        "Replaces the password, and ends the operator's other sessions.",
                        List.of(PASSWORD, Field.text("newPassword", "The new password.")),
                        this::setPassword),
                Route.get(
                        "/api/v1/account/second-factor",
                        SEE,
                        "A new secret, to be set with a code of it; nothing is changed yet.",
                        List.of(),
                        this::newSecret),
                Route.post(
                        "/api/v1/account/second-factor",
                        SEE,
                        "Sets the second factor. The answer has recovery codes, which are not shown again.",
                        List.of(PASSWORD, CURRENT_CODE, Field.text("secret", "From the GET."), NEW_CODE),
                        this::setSecondFactor),
                Route.post(
                        "/api/v1/account/second-factor/remove",
                        SEE,
                        "Removes the second factor.",
                        List.of(PASSWORD, CODE.optional()),
                        this::removeSecondFactor),
                Route.post(
                        "/api/v1/account/tokens",
                        SEE,
                        "Makes a token for scripts, with the operator's rights. The answer has it, and it is not shown again.",
                        List.of(
                                PASSWORD,
                                Field.text("label", "What the token is for."),
                                Field.seconds("seconds", "How long it is valid: 90 days if not given.")),
                        this::addToken),
                Route.post(
                        "/api/v1/account/end",
                        SEE,
                        "Ends one of the operator's own sessions or tokens.",
                        List.of(ID),
                        audited.order("end own session", "id", this::end)));
    }

    private CompletionStage<?> signIn(ApiRequest call) {
        return operators
                .bounded(operators
                        .signIn()
                        .signIn(call.text("name"), call.text("password"), call.text("code", ""), call.address()))
                .thenApply(session -> Map.of("key", session.secret()));
    }

    private CompletionStage<?> signOut(ApiRequest call) {
        Operator operator = call.operator();
        return operators
                .accounts()
                .end(operator.name(), key -> key.hash().equals(operator.credential()))
                .thenCompose(ended -> operators.directory().read())
                .thenApply(rows -> Map.of("result", "signed out"));
    }

    private CompletionStage<?> whoAmI(ApiRequest call) {
        Operator operator = call.operator();
        return CompletableFuture.completedFuture(Map.of(
                "name", operator.name(),
                "role", String.join(", ", operator.roles()),
                "rights", OperatorViews.names(operator.rights()),
                "kind", operator.kind(),
                "idleMinutes", operators.settings().idleMinutes()));
    }

    private CompletionStage<?> account(ApiRequest call) {
        Operator operator = call.operator();
        requireAccount(operator);
        return operators.directory().read().thenApply(rows -> view(operator, rows));
    }

    private static Map<String, Object> view(Operator operator, OperatorRows rows) {
        OperatorAccount own = rows.accounts().stream()
                .filter(account -> account.name().equals(operator.name()))
                .findFirst()
                .orElseThrow(() -> RequestRefusedException.notFound("the account was removed"));
        return Map.of(
                "account",
                OperatorViews.account(own, rows),
                "sessions",
                rows.keys().stream()
                        .filter(key -> key.operator().equals(operator.name()))
                        .sorted(Comparator.comparing(OperatorKey::usedMillis).reversed())
                        .map(key -> OperatorViews.key(key, operator.credential()))
                        .toList());
    }

    private CompletionStage<?> setPassword(ApiRequest call) {
        Operator operator = call.operator();
        return confirmed(call)
                .thenCompose(account ->
                        operators.bounded(operators.passwords().hash(call.text("newPassword"), operator.name())))
                .thenCompose(hash -> order(
                        call,
                        "own password",
                        () -> operators.accounts().setPassword(operator.name(), hash, operator.credential()),
                        "password set; other sessions ended"));
    }

    private CompletionStage<?> newSecret(ApiRequest call) {
        requireAccount(call.operator());
        String secret = Totp.newSecret();
        String uri = Totp.uri(secret, realm, call.operator().name());
        return CompletableFuture.completedFuture(Map.of("secret", secret, "uri", uri, "qr", QrSvg.of(uri)));
    }

    private CompletionStage<?> setSecondFactor(ApiRequest call) {
        List<String> codes = Credentials.newRecoveryCodes();
        return confirmed(call, call.text("currentCode", ""))
                .thenCompose(account -> order(
                        call,
                        "own second factor",
                        () -> operators
                                .accounts()
                                .setSecondFactor(
                                        account.name(),
                                        call.text("secret"),
                                        call.text("code"),
                                        codes,
                                        operators.clock().millis()),
                        "second factor set"))
                .thenApply(done -> OperatorServices.with(done, "recoveryCodes", codes));
    }

    private CompletionStage<?> removeSecondFactor(ApiRequest call) {
        return confirmed(call, call.text("code", ""))
                .thenCompose(account -> order(
                        call,
                        "own second factor",
                        () -> operators.accounts().removeSecondFactor(account.name()),
                        "second factor removed"));
    }

    private CompletionStage<?> addToken(ApiRequest call) {
        String token = Credentials.newToken();
        return confirmed(call)
                .thenCompose(account -> {
                    long now = operators.clock().millis();
                    long seconds = call.number("seconds", TimeUnit.DAYS.toSeconds(90));
                    OperatorKey key = new OperatorKey(
                            Credentials.hash(token),
                            account.name(),
                            OperatorKey.Kind.TOKEN,
                            call.text("label"),
                            now,
                            Math.min(now + TimeUnit.SECONDS.toMillis(seconds), account.untilMillis()),
                            now,
                            call.address().getHostAddress());
                    return order(
                            call,
                            "own token",
                            () -> operators.accounts().addToken(key),
                            "made the token " + OperatorViews.id(key) + ": " + key.label());
                })
                .thenApply(done -> OperatorServices.with(done, "token", token));
    }

    private CompletionStage<PreparedCommand> end(ApiRequest call) {
        Operator operator = call.operator();
        requireAccount(operator);
        Supplier<CompletionStage<String>> carryOut = () -> operators
                .accounts()
                .end(operator.name(), key -> OperatorViews.id(key).equals(call.text("id")))
                .thenCompose(ended -> operators.directory().read().thenApply(rows -> "ended " + ended));
        return CompletableFuture.completedFuture(PreparedCommand.inStore("", carryOut, carryOut));
    }

    private static void requireAccount(Operator operator) {
        if (operator.kind() == Operator.Kind.TOKEN_FILE) {
            throw RequestRefusedException.conflict(
                    "a token of the token file has no account; make one (docs/OPS.md), and sign in with it");
        }
    }

    /** Nobody can take over an account with a session that was left open. */
    private CompletionStage<OperatorAccount> confirmed(ApiRequest call) {
        return confirmed(call, null);
    }

    private CompletionStage<OperatorAccount> confirmed(ApiRequest call, @Nullable String code) {
        requireAccount(call.operator());
        return operators.bounded(
                operators.signIn().confirm(call.operator().name(), call.text("password"), code, call.address()));
    }

    private CompletionStage<?> order(
            ApiRequest call, String action, Supplier<CompletionStage<OperatorAccount>> change, String result) {
        // Not settled when the answer was lost: the operator sees in the account what came of it.
        Supplier<CompletionStage<String>> look =
                () -> CompletableFuture.completedFuture("unknown: look at the account");
        return audited.order(
                        action,
                        "",
                        same -> CompletableFuture.completedFuture(PreparedCommand.inStore(
                                "",
                                () -> change.get()
                                        .thenCompose(account ->
                                                operators.directory().read().thenApply(rows -> result)),
                                look)))
                .to(call);
    }
}
