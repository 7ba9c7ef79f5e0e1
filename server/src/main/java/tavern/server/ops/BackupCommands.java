package tavern.server.ops;

import static tavern.server.operators.Right.SERVERS;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import tavern.server.store.BackupState;

/**
 * Backups of the store. The order names a file that the server then writes, so it names only a file in the folder that
 * the configuration sets apart for backups. From where the order comes does not matter then.
 */
final class BackupCommands {
    private static final Field FILE = Field.text("file", "The copy: the name of a new file in store.backup-path.");
    /** Without a dot in front, and without anything that means something in a path. */
    private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,99}");

    private static final Field STORE =
            Field.text("store", "The folder that the server's store must have.").optional();

    private final OpsServices services;

    BackupCommands(OpsServices services) {
        this.services = services;
    }

    List<Route> routes(AuditedCommands audited, Field reason) {
        return List.of(
                Route.get("/api/v1/backup", SERVERS, "How far the last backup is.", List.of(), call -> state()),
                Route.post(
                        "/api/v1/backup",
                        SERVERS,
                        "Starts to copy the embedded store to a new file in store.backup-path.",
                        List.of(reason, FILE, STORE),
                        audited.order("backup", "file", this::start)));
    }

    private CompletionStage<BackupState> state() {
        return CompletableFuture.completedFuture(services.backups().state());
    }

    private CompletionStage<PreparedCommand> start(ApiRequest call) {
        String ours = services.storePath();
        String wanted = call.text("store", ours);
        if (!wanted.equals(ours)) {
            throw RequestRefusedException.conflict(
                    "this server's store is in " + ours + ", not in " + wanted + "; name the other server's address");
        }
        Path file = folder().resolve(name(call.text("file")));
        return CompletableFuture.completedFuture(PreparedCommand.here(
                "to " + file,
                () -> services.backups()
                        .start(file, services.upkeep().backupBytesPerSecond())
                        .thenApply(begun -> "begun, about " + (begun.totalBytes() >> 20)
                                + " MB; GET /api/v1/backup shows how far it is")));
    }

    private Path folder() {
        Path folder = services.upkeep().backupPath();
        if (folder == null) {
            throw RequestRefusedException.conflict(
                    "this server makes no backups; set store.backup-path to a folder for them");
        }
        return folder;
    }

    private static String name(String text) {
        if (!FILE_NAME.matcher(text).matches()) {
            throw RequestRefusedException.badRequest(
                    "file must be the name of a file in store.backup-path, without a folder:"
                            + " letters, digits, _, - and ., but neither - nor . in front, at most 100");
        }
        return text;
    }
}
