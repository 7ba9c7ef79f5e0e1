package tavern.server;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tavern.cli.ApiException;
import tavern.cli.ApiOptions;
import tavern.cli.BackupOrder;
import tavern.cli.BackupProgress;
import tavern.server.config.LoadedConfig;
import tavern.server.config.TavernConfig;
import tavern.server.store.BackupState;
import tavern.server.store.Backups;
import tavern.server.store.Causes;
import tavern.server.store.StoreInUseException;
import tavern.server.store.StoreOpenException;
import tavern.server.store.StoreSettings;
import tavern.server.store.embedded.EmbeddedStore;

/** Copies the embedded store: the running server does it, or this process if there is none. */
@Command(
        name = "backup",
        mixinStandardHelpOptions = true,
        description = {
            "Copies the embedded store to a new file, and checks the copy. A running server makes the copy itself,",
            "while players go on; FILE is then only the name of a file in its store.backup-path."
        })
final class BackupCommand implements Callable<Integer> {
    private static final long LOOK_MILLIS = 100;

    @ParentCommand
    private Main main = new Main();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "FILE", description = "The copy; must not exist.")
    private Path file = Path.of("");

    @Mixin
    private ApiOptions api = new ApiOptions();

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            defaultValue = "backup",
            description = "The reason, for the audit log (${DEFAULT-VALUE}).")
    private String reason = "backup";

    @Override
    public Integer call() {
        LoadedConfig loaded = main.load();
        if (loaded == null) {
            return Main.MISCONFIGURED;
        }
        PrintWriter err = spec.commandLine().getErr();
        try {
            return backup(loaded.config());
        } catch (StoreOpenException | ApiException e) {
            err.println(e.getMessage());
            return Main.FAILED;
        } catch (CompletionException e) {
            err.println(Causes.of(e).getMessage());
            return Main.FAILED;
        } finally {
            spec.commandLine().getOut().flush();
            err.flush();
        }
    }

    private int backup(TavernConfig config) throws ApiException {
        StoreSettings settings = config.store();
        BackupProgress progress = new BackupProgress(
                spec.commandLine().getOut(), spec.commandLine().getErr());
        boolean here = settings.kind() == StoreSettings.Kind.EMBEDDED && EmbeddedStore.exists(settings);
        if (here) {
            try (EmbeddedStore store = (EmbeddedStore) TavernServer.openExistingStore(config)) {
                return progress.end(await(store.backups(), file.toAbsolutePath().normalize(), progress));
            } catch (StoreInUseException e) {
                // The server that uses it makes the copy.
            }
        }
        String store = here ? settings.path().toAbsolutePath().normalize().toString() : "";
        return new BackupOrder(api).run(file.toString(), store, reason, progress);
    }

    /** Nobody plays: the copy needs no pauses. */
    private static BackupState await(Backups backups, Path copy, BackupProgress progress) {
        BackupState state = backups.start(copy, 0).toCompletableFuture().join();
        while (state.isRunning()) {
            progress.show(state);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS));
            state = backups.state();
        }
        return state;
    }
}
