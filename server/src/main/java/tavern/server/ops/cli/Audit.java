package tavern.server.ops.cli;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine.Command;
import tavern.server.store.AuditChain;
import tavern.server.store.AuditEntry;

/** Looks after the audit log of a running server. */
@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        description = "Looks after what operators did.",
        subcommands = Audit.Verify.class)
public final class Audit {
    private static final int PAGE = 200;

    private Audit() {}

    /** Reads all of it and computes the hashes anew, here. */
    @Command(
            name = "verify",
            description = {
                "Checks that nobody has changed the audit log, and names the first entry that is not as it was written.",
                "Prints the newest hash: noted down, it shows a later cut at the end.",
                "Of an embedded store without a running server, bin/server check does the same."
            })
    static final class Verify extends OpsCommand {
        @Override
        String role() {
            return "moderator";
        }

        @Override
        JsonObject ask(Api api) throws ApiException {
            Gson gson = new Gson();
            AuditChain chain = new AuditChain();
            Optional<String> fault = Optional.empty();
            long read;
            do {
                JsonObject page = api.get("/audit?max=" + PAGE + "&after=" + chain.seq());
                read = page.getAsJsonArray("entries").size();
                for (JsonElement entry : page.getAsJsonArray("entries")) {
                    if (fault.isEmpty()) {
                        fault = chain.add(gson.fromJson(entry, AuditEntry.class));
                    }
                }
            } while (read == PAGE && fault.isEmpty());
            JsonObject verdict = new JsonObject();
            verdict.addProperty("entries", chain.seq());
            verdict.addProperty("hash", chain.hash());
            fault.ifPresent(text -> verdict.addProperty("fault", text));
            return verdict;
        }

        @Override
        void print(JsonObject answer, PrintWriter out) {
            if (answer.has("fault")) {
                out.println("broken: " + text(answer.get("fault")));
            } else {
                out.println(
                        "sound: " + text(answer.get("entries")) + " entries; newest hash " + text(answer.get("hash")));
            }
        }

        @Override
        int exitCode(JsonObject answer) {
            return answer.has("fault") ? 1 : 0;
        }
    }
}
