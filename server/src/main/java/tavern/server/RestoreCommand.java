package tavern.server;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tavern.server.config.LoadedConfig;
import tavern.server.config.TavernConfig;
import tavern.server.store.BackupRefusedException;
import tavern.server.store.StoreOpenException;
import tavern.server.store.StoreSettings;
import tavern.server.store.embedded.Restore;

/** Puts a backup into the folder of the embedded store, and checks it there. */
@Command(
        name = "restore",
        mixinStandardHelpOptions = true,
        description = "Puts a backup into store.path, which no server may use, and checks everything in it.")
final class RestoreCommand implements Callable<Integer> {
    @ParentCommand
    private Main main = new Main();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "FILE", description = "A copy that bin/server backup has made.")
    private Path file = Path.of("");

    @Option(
            names = "--replace",
            description = "If there is a database, set it aside, with its books and audit anchor, in replaced-<n>.")
    private boolean replace;

    @Override
    public Integer call() {
        LoadedConfig loaded = main.load();
        if (loaded == null) {
            return Main.MISCONFIGURED;
        }
        PrintWriter err = spec.commandLine().getErr();
        try {
            return restore(loaded.config());
        } catch (BackupRefusedException | StoreOpenException | IOException e) {
            err.println(e.getMessage());
            return Main.FAILED;
        } finally {
            spec.commandLine().getOut().flush();
            err.flush();
        }
    }

    private int restore(TavernConfig config) throws IOException {
        StoreSettings settings = config.store();
        if (settings.kind() != StoreSettings.Kind.EMBEDDED) {
            throw new BackupRefusedException(
                    "store.kind is redis: restore it with Redis' own files, then run bin/server check (docs/STORE.md)");
        }
        NativeFolder.choose(settings.path());
        Path aside = Restore.run(file.toAbsolutePath().normalize(), settings.path(), replace);
        PrintWriter out = spec.commandLine().getOut();
        out.println("restored into " + settings.path()
                + (aside.equals(settings.path()) ? "" : "; what was there is in " + aside));
        return Check.run(config, spec.commandLine());
    }
}
