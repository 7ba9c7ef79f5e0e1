package tavern.server;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tavern.server.archive.ArchiveCheck;
import tavern.server.archive.ArchiveExport;
import tavern.server.archive.ArchiveFolder;
import tavern.server.archive.ArchiveList;
import tavern.server.books.Conservation;
import tavern.server.books.ConservationCheck;
import tavern.server.config.LoadedConfig;
import tavern.server.config.TavernConfig;
import tavern.server.store.Causes;
import tavern.server.store.Store;
import tavern.server.store.StoreInUseException;
import tavern.server.store.StoreOpenException;
import tavern.server.store.StoreSettings;
import tavern.server.store.embedded.EmbeddedStore;
import tavern.server.time.MonotonicClock;

/** Lists, verifies and exports the archive of the ledger. */
@Command(
        name = "archive",
        mixinStandardHelpOptions = true,
        description = "Lists, verifies or exports the archive of the ledger (store.archive.path).")
final class ArchiveCommand {
    @ParentCommand
    private Main main = new Main();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Command(name = "ls", mixinStandardHelpOptions = true, description = "Lists the segments; reads all of each.")
    int ls() {
        return run((config, folder) -> ArchiveList.of(folder, out()::println) ? 0 : Main.FAILED);
    }

    @Command(
            name = "verify",
            mixinStandardHelpOptions = true,
            description = {
                "Follows the chain from the first segment to the balances of now. If a server uses the embedded store,",
                "only the files are verified."
            })
    int verify() {
        return run(this::verify);
    }

    private int verify(TavernConfig config, ArchiveFolder folder) throws IOException {
        StoreSettings settings = config.store();
        Path scratch = Files.createDirectories(settings.path());
        if (settings.kind() == StoreSettings.Kind.EMBEDDED && !EmbeddedStore.exists(settings)) {
            return verified(ArchiveCheck.ofFiles(folder, scratch), "there is no store in " + settings.path());
        }
        try (Store store = TavernServer.openExistingStore(config)) {
            ArchiveCheck.Result archive = ArchiveCheck.of(folder, scratch, store, Check::await);
            Conservation goods = ConservationCheck.of(store, scratch, MonotonicClock.system(), Check::await);
            List<String> faults = new ArrayList<>(archive.faults());
            faults.addAll(goods.differences());
            return verified(
                    new ArchiveCheck.Result(archive.segments(), archive.entries(), faults),
                    "the store agrees, and all goods of now are accounted for");
        } catch (StoreInUseException e) {
            return verified(
                    ArchiveCheck.ofFiles(folder, scratch),
                    "a server uses the store, which was not compared; stop it for that");
        }
    }

    private int verified(ArchiveCheck.Result result, String store) {
        result.faults().forEach(err()::println);
        if (!result.faults().isEmpty()) {
            return Main.FAILED;
        }
        out().println(String.format(
                Locale.ROOT, "sound: %,d segments with %,d entries; %s", result.segments(), result.entries(), store));
        return 0;
    }

    @Command(
            name = "export",
            mixinStandardHelpOptions = true,
            description = "Writes the entries in the archive to a new file, or to the standard output.")
    int export(
            @Option(names = "--csv", description = "One line for each thing that moved, instead of JSON lines.")
                    boolean csv,
            @Option(names = "--jsonl", description = "One JSON object for each entry, on a line of its own (default).")
                    boolean jsonl,
            @Option(
                            names = "--from",
                            paramLabel = "DATE",
                            description = "Only entries since then: 2026-11-29 or 2026-11-29T08:00:00Z.")
                    @Nullable
                    String from,
            @Option(names = "--to", paramLabel = "DATE", description = "Only entries before then.") @Nullable String to,
            @Parameters(paramLabel = "FILE", description = "Must not exist; - for the standard output.") String file) {
        return run((config, folder) -> {
            if (csv && jsonl) {
                throw new IOException("--csv and --jsonl exclude each other");
            }
            ArchiveExport.Format format = csv ? ArchiveExport.Format.CSV : ArchiveExport.Format.JSONL;
            long fromMillis = from == null ? Long.MIN_VALUE : millis(from);
            long toMillis = to == null ? Long.MAX_VALUE : millis(to);
            if (file.equals("-")) {
                new ArchiveExport(format, fromMillis, toMillis, out()).run(folder);
                if (out().checkError()) {
                    throw new IOException("the standard output could not be written");
                }
                return 0;
            }
            long entries =
                    write(Path.of(file), writer -> new ArchiveExport(format, fromMillis, toMillis, writer).run(folder));
            out().println(String.format(Locale.ROOT, "%,d entries are in %s", entries, file));
            return 0;
        });
    }

    private interface Content {
        long to(Writer writer) throws IOException;
    }

    /** A file that has its name is complete. */
    private static long write(Path file, Content content) throws IOException {
        if (Files.exists(file)) {
            throw new IOException(file + " exists, and is not overwritten; name another file");
        }
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            long entries;
            try (Writer writer = Files.newBufferedWriter(part)) {
                entries = content.to(writer);
            }
            Files.move(part, file);
            return entries;
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static long millis(String date) throws IOException {
        try {
            return date.contains("T")
                    ? Instant.parse(date).toEpochMilli()
                    : LocalDate.parse(date)
                            .atStartOfDay(ZoneOffset.UTC)
                            .toInstant()
                            .toEpochMilli();
        } catch (DateTimeException e) {
            throw new IOException(date + " is not a date like 2026-11-29 or 2026-11-29T08:00:00Z", e);
        }
    }

    private interface Work {
        int on(TavernConfig config, ArchiveFolder folder) throws IOException;
    }

    private int run(Work work) {
        LoadedConfig loaded = main.load();
        if (loaded == null) {
            return Main.MISCONFIGURED;
        }
        Path path = loaded.config().upkeep().archive().path();
        try {
            if (path == null) {
                throw new IOException(OpsLayer.notArchived(loaded.config().store()));
            }
            return work.on(loaded.config(), new ArchiveFolder(path));
        } catch (IOException e) {
            err().println(ArchiveFolder.reason(e));
            return Main.FAILED;
        } catch (UncheckedIOException e) {
            err().println(ArchiveFolder.reason(Objects.requireNonNull(e.getCause())));
            return Main.FAILED;
        } catch (StoreOpenException e) {
            err().println(e.getMessage());
            return Main.FAILED;
        } catch (CompletionException e) {
            err().println("the store could not be read completely, so its state is unknown: "
                    + Causes.of(e).getMessage());
            return Main.FAILED;
        } finally {
            out().flush();
            err().flush();
        }
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }
}
