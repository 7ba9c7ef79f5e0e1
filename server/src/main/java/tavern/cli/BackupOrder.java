package tavern.cli;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import tavern.server.store.BackupState;

/** Has a running server make a backup, and follows it. Blocks. */
public final class BackupOrder {
    private static final long LOOK_MILLIS = 250;

    private final Api api;

    public BackupOrder(ApiOptions options) throws ApiException {
        api = options.open("admin", "admin");
    }

    /**
     * Returns the exit code.
     *
     * @param name of the new file in the server's folder for backups
     * @param store the folder that the server must have; empty for any
     */
    public int run(String name, String store, String reason, BackupProgress progress) throws ApiException {
        JsonObject body = new JsonObject();
        body.addProperty("file", name);
        body.addProperty("reason", reason);
        if (!store.isEmpty()) {
            body.addProperty("store", store);
        }
        api.post("/backup", body, "");
        BackupState state = state();
        String file = state.file();
        while (state.isRunning() && state.file().equals(file)) {
            progress.show(state);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS));
            state = state();
        }
        if (!state.file().equals(file) || !file.endsWith(name)) {
            throw new ApiException("the server has begun another backup, of " + state.file() + "; look there whether "
                    + name + " exists");
        }
        return progress.end(state);
    }

    private BackupState state() throws ApiException {
        return new Gson().fromJson(api.get("/backup"), BackupState.class);
    }
}
