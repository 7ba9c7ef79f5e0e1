package tavern.server.store;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An operator's command makes two audit entries: its intent, written before it is carried out, and its outcome, which
 * refers to the first entry. Both are marked as such in their results, so that the hash covers it.
 */
public final class AuditedOrder {
    private static final Pattern BEGUN = Pattern.compile("begun on (\\S+): (.*)", Pattern.DOTALL);
    private static final Pattern ENDED = Pattern.compile("of entry ([1-9][0-9]{0,17}): (.*)", Pattern.DOTALL);

    private AuditedOrder() {}

    /**
     * The result of the entry that is written before the command.
     *
     * @param run identifies the server and its run; without a space
     * @param words what is about to be done
     */
    public static String begun(String run, String words) {
        return "begun on " + run + ": " + words;
    }

    /**
     * The result of the entry that is written after the command.
     *
     * @param begun the number of the entry written before
     */
    public static String ended(long begun, String words) {
        return "of entry " + begun + ": " + words;
    }

    /** The run in which the command was begun, or null if the entry was not written before a command. */
    public static @Nullable String run(AuditEntry entry) {
        Matcher begun = BEGUN.matcher(entry.result());
        return begun.matches() ? begun.group(1) : null;
    }

    /** The number of the entry written before the command, or 0 if this entry was not written after one. */
    public static long begunIn(AuditEntry entry) {
        Matcher ended = ENDED.matcher(entry.result());
        return ended.matches() ? Long.parseLong(ended.group(1)) : 0;
    }

    /** The intent or the outcome, in words. */
    public static String words(AuditEntry entry) {
        for (Pattern pattern : new Pattern[] {BEGUN, ENDED}) {
            Matcher matcher = pattern.matcher(entry.result());
            if (matcher.matches()) {
                return matcher.group(2);
            }
        }
        return entry.result();
    }
}
