package tavern.server;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tavern.server.books.Conservation;
import tavern.server.books.ConservationCheck;
import tavern.server.config.LoadedConfig;
import tavern.server.config.TavernConfig;
import tavern.server.store.AuditChain;
import tavern.server.store.AuditEntry;
import tavern.server.store.AuditStore;
import tavern.server.store.Causes;
import tavern.server.store.Store;
import tavern.server.store.StoreOpenException;
import tavern.server.store.StoreSettings;
import tavern.server.store.embedded.EmbeddedStore;
import tavern.server.time.MonotonicClock;

/**
 * Checks a store that no server is using: whether all goods are accounted for, and whether the file, if there is one,
 * is sound.
 */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description =
                "Checks that all goods are accounted for, that nobody changed the audit log, and the embedded store's file."
                        + " No server may run on it.")
final class Check implements Callable<Integer> {
    private static final int AUDIT_PAGE = 1_000;

    @ParentCommand
    private Main main = new Main();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        LoadedConfig loaded = main.load();
        if (loaded == null) {
            return Main.MISCONFIGURED;
        }
        return run(loaded.config(), spec.commandLine());
    }

    /** Prints what it finds. */
    static int run(TavernConfig config, CommandLine line) {
        PrintWriter out = line.getOut();
        PrintWriter err = line.getErr();
        try {
            return check(config, out, err);
        } catch (StoreOpenException | IOException | UncheckedIOException e) {
            err.println(e.getMessage());
            return Main.FAILED;
        } catch (CompletionException e) {
            err.println("the store could not be read completely, so its state is unknown: "
                    + Causes.of(e).getMessage());
            return Main.FAILED;
        } finally {
            out.flush();
            err.flush();
        }
    }

    private static int check(TavernConfig config, PrintWriter out, PrintWriter err) throws IOException {
        StoreSettings settings = config.store();
        if (settings.kind() == StoreSettings.Kind.EMBEDDED && !EmbeddedStore.exists(settings)) {
            err.println("there is no database in " + settings.path() + "; set store.path to the folder with tavern.db");
            return Main.FAILED;
        }
        try (Store store = TavernServer.openExistingStore(config)) {
            List<String> problems = new ArrayList<>();
            if (store instanceof EmbeddedStore embedded) {
                problems.addAll(embedded.integrityCheck().toCompletableFuture().join());
            }
            Conservation goods = ConservationCheck.of(store, settings.path(), MonotonicClock.system(), Check::await);
            problems.addAll(goods.differences());
            AuditChain audit =
                    new AuditChain(config.ops().anchor().read().stream().toList());
            faultIn(audit, store).ifPresent(fault -> problems.add("audit log: " + fault));
            problems.forEach(err::println);
            if (problems.isEmpty()) {
                out.println(sound(goods, audit));
            }
            return problems.isEmpty() ? 0 : Main.FAILED;
        }
    }

    static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private static String sound(Conservation goods, AuditChain audit) {
        if (goods.players() == 0 && goods.trades() == 0 && goods.entries() == 0 && audit.seq() == 0) {
            return "empty, never used: no players, no trades, nothing in the ledger or the audit log";
        }
        return String.format(
                "sound: %,d players, %,d committed trades, %,d entries in the ledger; all goods accounted for;"
                        + " %,d entries in the audit log, the newest %s",
                goods.players(), goods.trades(), goods.entries(), audit.seq(), audit.hash());
    }

    private static Optional<String> faultIn(AuditChain chain, AuditStore store) {
        List<AuditEntry> page;
        do {
            page = store.audit(chain.seq(), AUDIT_PAGE).toCompletableFuture().join();
            for (AuditEntry entry : page) {
                Optional<String> fault = chain.add(entry);
                if (fault.isPresent()) {
                    return fault;
                }
            }
        } while (!page.isEmpty());
        return chain.end();
    }
}
