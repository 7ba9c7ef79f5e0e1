package tavern.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tavern.cli.ApiException;
import tavern.cli.ApiOptions;
import tavern.cli.OperatorOrders;
import tavern.server.config.LoadedConfig;
import tavern.server.config.TavernConfig;
import tavern.server.store.Causes;
import tavern.server.store.Sanction;
import tavern.server.store.StoreInUseException;
import tavern.server.store.StoreOpenException;
import tavern.server.store.StoreSettings;
import tavern.server.store.embedded.EmbeddedStore;

/** Lists and changes the realm's operators: in Redis, in an embedded store, or in the server that uses that. */
@Command(
        name = "operator",
        mixinStandardHelpOptions = true,
        description = {
            "Lists and changes accounts of operators: in the store itself, or, when a server uses the embedded store,",
            "through that server. Servers notice changes within a second."
        })
final class OperatorCommand {
    @ParentCommand
    private Main main = new Main();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** The options of all commands. */
    static final class Common {
        @Mixin
        private ApiOptions api = new ApiOptions();

        @Option(
                names = "--reason",
                paramLabel = "TEXT",
                defaultValue = "on the command line",
                description = "The reason, for the audit log (${DEFAULT-VALUE}).")
        private String reason = "";
    }

    /** At most one of its options. */
    static final class HowManyDays {
        @Option(names = "--days", paramLabel = "N", description = "The account expires after so many days.")
        private @Nullable Integer days;

        @Option(names = "--never", description = "The account does not expire.")
        private boolean never;

        void fill(JsonObject body) throws ApiException {
            if (never || days == null) {
                body.addProperty("forever", true);
            } else if (days > 0) {
                body.addProperty("seconds", TimeUnit.DAYS.toSeconds(days));
            } else {
                throw new ApiException("--days must be 1 or more");
            }
        }
    }

    static final class PasswordFile {
        @Option(
                names = "--password-file",
                paramLabel = "F",
                description = "File whose first line is the password. Without it, one is made and printed.")
        private @Nullable Path file;

        void fill(JsonObject body) throws ApiException {
            if (file != null) {
                try {
                    body.addProperty(
                            "newPassword",
                            Files.readString(file, UTF_8).lines().findFirst().orElse(""));
                } catch (IOException e) {
                    throw new ApiException(file + " cannot be read");
                }
            }
        }
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the accounts.")
    int list(@Mixin Common common) {
        return run(common, desk -> {
            for (JsonElement each : desk.list().getAsJsonArray("operators")) {
                out().println(line(each.getAsJsonObject()));
            }
        });
    }

    private static String line(JsonObject row) {
        String roles = StreamSupport.stream(row.getAsJsonArray("roles").spliterator(), false)
                .map(JsonElement::getAsString)
                .collect(Collectors.joining(","));
        long until = row.get("untilMillis").getAsLong();
        long signedIn = row.get("signedInMillis").getAsLong();
        return String.format(
                Locale.ROOT,
                "%-20s %-24s %-8s %-28s %-13s %s",
                row.get("name").getAsString(),
                roles,
                row.get("disabled").getAsBoolean() ? "disabled" : "enabled",
                until >= Sanction.FOR_EVER_MILLIS ? "expires never" : "expires " + Instant.ofEpochMilli(until),
                row.get("secondFactor").getAsBoolean() ? "second factor" : "-",
                signedIn == 0
                        ? "never signed in"
                        : "signed in " + Instant.ofEpochMilli(signedIn) + " from "
                                + row.get("signedInFrom").getAsString());
    }

    @Command(name = "add", mixinStandardHelpOptions = true, description = "Makes an account.")
    int add(
            @Mixin Common common,
            @Mixin PasswordFile password,
            @ArgGroup HowManyDays howLong,
            @Option(
                            names = "--role",
                            split = ",",
                            required = true,
                            paramLabel = "R",
                            description = "viewer, moderator, admin, or one of ops.roles; several with commas between.")
                    List<String> roles,
            @Parameters(paramLabel = "NAME") String name) {
        return run(common, desk -> {
            JsonObject body = body(common);
            body.addProperty("name", name);
            JsonArray list = new JsonArray();
            roles.forEach(list::add);
            body.add("roles", list);
            (howLong == null ? new HowManyDays() : howLong).fill(body);
            password.fill(body);
            print(desk.add(body));
        });
    }

    @Command(name = "enable", mixinStandardHelpOptions = true, description = "Lets a disabled operator in again.")
    int enable(@Mixin Common common, @Parameters(paramLabel = "NAME") String name) {
        return change(common, name, "enable");
    }

    @Command(
            name = "disable",
            mixinStandardHelpOptions = true,
            description = "Keeps an operator out, and ends the operator's sessions.")
    int disable(@Mixin Common common, @Parameters(paramLabel = "NAME") String name) {
        return change(common, name, "disable");
    }

    @Command(name = "expire", mixinStandardHelpOptions = true, description = "Sets when an account expires.")
    int expire(
            @Mixin Common common,
            @ArgGroup(multiplicity = "1") HowManyDays howLong,
            @Parameters(paramLabel = "NAME") String name) {
        return run(common, desk -> {
            JsonObject body = body(common);
            howLong.fill(body);
            print(desk.change(name, "expire", body));
        });
    }

    @Command(
            name = "passwd",
            mixinStandardHelpOptions = true,
            description = "Sets a password, and ends the operator's sessions.")
    int passwd(@Mixin Common common, @Mixin PasswordFile password, @Parameters(paramLabel = "NAME") String name) {
        return run(common, desk -> {
            JsonObject body = body(common);
            password.fill(body);
            print(desk.change(name, "password", body));
        });
    }

    @Command(
            name = "totp",
            mixinStandardHelpOptions = true,
            description = {
                "Removes a second factor that was lost, and ends the operator's sessions. A new one is set up in the",
                "console, by its owner."
            })
    int totp(@Mixin Common common, @Parameters(paramLabel = "NAME") String name) {
        return change(common, name, "reset-second-factor");
    }

    @Command(
            name = "remove",
            mixinStandardHelpOptions = true,
            description = "Removes an account with its sessions and tokens.")
    int remove(@Mixin Common common, @Parameters(paramLabel = "NAME") String name) {
        return change(common, name, "remove");
    }

    private int change(Common common, String name, String action) {
        return run(common, desk -> print(desk.change(name, action, body(common))));
    }

    private static JsonObject body(Common common) {
        JsonObject body = new JsonObject();
        body.addProperty("reason", common.reason);
        return body;
    }

    private void print(JsonObject answer) {
        if (answer.has("password")) {
            out().println("password: " + answer.get("password").getAsString());
        }
        out().println(answer.get("result").getAsString() + " (audit "
                + answer.get("audit").getAsLong() + ")");
    }

    private interface DeskWork {
        void at(OperatorDesk desk) throws ApiException;
    }

    private int run(Common common, DeskWork work) {
        LoadedConfig loaded = main.load();
        if (loaded == null) {
            return Main.MISCONFIGURED;
        }
        PrintWriter err = spec.commandLine().getErr();
        try (OperatorDesk desk = open(loaded.config(), common)) {
            work.at(desk);
            return 0;
        } catch (StoreOpenException | ApiException e) {
            err.println(e.getMessage());
            return Main.FAILED;
        } catch (CompletionException e) {
            err.println(Causes.of(e).getMessage());
            return Main.FAILED;
        } finally {
            out().flush();
            err.flush();
        }
    }

    private static OperatorDesk open(TavernConfig config, Common common) throws ApiException {
        StoreSettings settings = config.store();
        if (settings.kind() == StoreSettings.Kind.REDIS || EmbeddedStore.exists(settings)) {
            try {
                return new OperatorsInStore(
                        TavernServer.openExistingStore(config), config.ops().operators());
            } catch (StoreInUseException e) {
                // The server that uses it makes the change.
            }
        }
        return OperatorDesk.of(new OperatorOrders(common.api));
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
