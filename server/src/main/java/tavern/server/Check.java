package tavern.server;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tavern.server.config.LoadedConfig;
import tavern.server.store.AuditChain;
import tavern.server.store.AuditEntry;
import tavern.server.store.Conservation;
import tavern.server.store.Store;
import tavern.server.store.StoreOpenException;
import tavern.server.store.embedded.EmbeddedStore;

/** Checks the store while no server runs on it: are all goods accounted for, and is the file, if it is one, sound. */
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
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try (Store store = TavernServer.openStore(loaded.config())) {
            List<String> problems = new ArrayList<>();
            if (store instanceof EmbeddedStore embedded) {
                problems.addAll(embedded.integrityCheck().toCompletableFuture().join());
            }
            Conservation goods = store.checkConservation().toCompletableFuture().join();
            problems.addAll(goods.differences());
            AuditChain audit = new AuditChain();
            faultIn(audit, store).ifPresent(fault -> problems.add("audit log: " + fault));
            problems.forEach(err::println);
            if (problems.isEmpty()) {
                out.printf(
                        "sound: %,d players, %,d committed trades, %,d rows in the ledger; all goods accounted for;"
                                + " %,d entries in the audit log, the newest %s%n",
                        goods.players(), goods.trades(), goods.ledgerRows(), audit.seq(), audit.hash());
            }
            return problems.isEmpty() ? 0 : Main.FAILED;
        } catch (StoreOpenException e) {
            err.println(e.getMessage());
            return Main.FAILED;
        } finally {
            out.flush();
            err.flush();
        }
    }

    private static Optional<String> faultIn(AuditChain chain, Store store) {
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
        return Optional.empty();
    }
}
