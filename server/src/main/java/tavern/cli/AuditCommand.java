package tavern.cli;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import tavern.server.store.AuditAnchor;
import tavern.server.store.AuditChain;
import tavern.server.store.AuditEntry;

/** Checks the audit log of a running server. */
@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        description = "Checks the audit log.",
        subcommands = AuditCommand.Verify.class)
public final class AuditCommand {
    private static final int PAGE = 200;

    private AuditCommand() {}

    /** Reads the whole log, and computes the hashes again on this side. */
    @Command(
            name = "verify",
            description = {
                "Checks that nobody has changed the audit log, and names the first entry that is not as it was written.",
                "Compares with what was recorded elsewhere: by the server, and by anybody who noted a hash.",
                "Prints the newest hash.",
                "For an embedded store without a running server, bin/server check does the same."
            })
    static final class Verify extends OpsCommand {
        @Option(
                names = "--anchor",
                paramLabel = "N:HASH",
                converter = Noted.class,
                description = "An entry and its hash, as noted or as found in the server's log.")
        private List<AuditAnchor> noted = List.of();

        @Override
        String role() {
            return "moderator";
        }

        @Override
        JsonObject ask(Api api) throws ApiException {
            Gson gson = new Gson();
            List<AuditAnchor> anchors = new ArrayList<>(noted);
            // Before the entries: otherwise entries that are written and anchored meanwhile would seem to be cut off.
            for (JsonElement anchor : api.get("/audit/anchors").getAsJsonArray("anchors")) {
                anchors.add(gson.fromJson(anchor, AuditAnchor.class));
            }
            AuditChain chain = new AuditChain(anchors);
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
            if (fault.isEmpty()) {
                fault = chain.end();
            }
            JsonObject verdict = new JsonObject();
            verdict.addProperty("entries", chain.seq());
            verdict.addProperty("hash", chain.hash());
            verdict.addProperty("anchors", anchors.size());
            fault.ifPresent(text -> verdict.addProperty("fault", text));
            return verdict;
        }

        @Override
        void print(JsonObject answer, PrintWriter out) {
            if (answer.has("fault")) {
                out.println("broken: " + text(answer.get("fault")));
            } else {
                out.println("sound: " + text(answer.get("entries")) + " entries; newest hash "
                        + text(answer.get("hash")) + "; agrees with all anchors (" + text(answer.get("anchors")) + ")");
            }
        }

        @Override
        int exitCode(JsonObject answer) {
            return answer.has("fault") ? 1 : 0;
        }
    }

    /** In the format {@code 12:9f86d0…}. */
    static final class Noted implements ITypeConverter<AuditAnchor> {
        private static final Pattern ANCHOR = Pattern.compile("([1-9][0-9]{0,17}):([0-9a-f]{64})");

        @Override
        public AuditAnchor convert(String text) {
            Matcher anchor = ANCHOR.matcher(text);
            if (!anchor.matches()) {
                throw new TypeConversionException("must be the number of an entry, a colon and its hash of 64 digits");
            }
            return new AuditAnchor("--anchor", Long.parseLong(anchor.group(1)), anchor.group(2), 0);
        }
    }
}
