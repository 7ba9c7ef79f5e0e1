package tavern.server.ops.cli;

import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command that changes something: all need a reason, which the audit log keeps. */
public abstract class Order extends OpsCommand {
    /** All of them, for the command line to know. */
    public static final List<Class<?>> COMMANDS = List.of(
            Kick.class,
            Mute.class,
            Unmute.class,
            Ban.class,
            Unban.class,
            Whisper.class,
            Move.class,
            Announce.class,
            Close.class,
            Freeze.class,
            Unfreeze.class,
            Republish.class,
            Drain.class);

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why; stands in the audit log.")
    private String reason = "";

    @Override
    final JsonObject ask(Api api) throws ApiException {
        JsonObject body = new JsonObject();
        body.addProperty("reason", reason);
        fill(body);
        return api.post(path(), body);
    }

    abstract String path();

    /** What the order says beside its reason. */
    void fill(JsonObject body) {}

    @Override
    final void print(JsonObject answer, PrintWriter out) {
        out.println(text(answer.get("result")) + " (audit " + text(answer.get("audit")) + ")");
    }

    @Override
    String role() {
        return "moderator";
    }

    private abstract static class OfPlayer extends Order {
        private final String action;

        @Parameters(index = "0", paramLabel = "PLAYER")
        private String player = "";

        OfPlayer(String action) {
            this.action = action;
        }

        @Override
        final String path() {
            return "/players/" + Api.part(player) + "/" + action;
        }
    }

    private abstract static class ForAWhile extends OfPlayer {
        @Option(names = "--seconds", paramLabel = "N", description = "How long; left out: for ever.")
        private @Nullable Long seconds;

        ForAWhile(String action) {
            super(action);
        }

        @Override
        final void fill(JsonObject body) {
            if (seconds != null) {
                body.addProperty("seconds", seconds);
            }
        }
    }

    @Command(name = "kick", description = "Ends a player's session.")
    static final class Kick extends OfPlayer {
        Kick() {
            super("kick");
        }
    }

    @Command(name = "mute", description = "Takes chat and whispers from a player.")
    static final class Mute extends ForAWhile {
        Mute() {
            super("mute");
        }
    }

    @Command(name = "unmute", description = "Gives chat and whispers back to a player.")
    static final class Unmute extends OfPlayer {
        Unmute() {
            super("unmute");
        }
    }

    @Command(name = "ban", description = "Sends a player away, and does not let them in.")
    static final class Ban extends ForAWhile {
        Ban() {
            super("ban");
        }
    }

    @Command(name = "unban", description = "Lets a player in again.")
    static final class Unban extends OfPlayer {
        Unban() {
            super("unban");
        }
    }

    @Command(name = "whisper", description = "Tells one player something.")
    static final class Whisper extends OfPlayer {
        @Parameters(index = "1", paramLabel = "TEXT")
        private String text = "";

        Whisper() {
            super("whisper");
        }

        @Override
        void fill(JsonObject body) {
            body.addProperty("text", text);
        }
    }

    @Command(name = "move", description = "Moves a player to another room.")
    static final class Move extends OfPlayer {
        @Parameters(index = "1", paramLabel = "ROOM")
        private String room = "";

        Move() {
            super("move");
        }

        @Override
        void fill(JsonObject body) {
            body.addProperty("to", room);
        }
    }

    @Command(name = "announce", description = "Tells all players, or those in a room, something.")
    static final class Announce extends Order {
        @Parameters(paramLabel = "TEXT")
        private String text = "";

        @Option(names = "--room", paramLabel = "NAME", description = "Only there.")
        private @Nullable String room;

        @Override
        String path() {
            return room == null ? "/announce" : "/rooms/" + Api.part(room) + "/announce";
        }

        @Override
        void fill(JsonObject body) {
            body.addProperty("text", text);
        }
    }

    @Command(name = "close", description = "Closes a room.")
    static final class Close extends Order {
        @Parameters(paramLabel = "ROOM")
        private String room = "";

        @Override
        String role() {
            return "admin";
        }

        @Override
        String path() {
            return "/rooms/" + Api.part(room) + "/close";
        }
    }

    private abstract static class OfFreeze extends Order {
        @Parameters(paramLabel = "WHAT", description = "trades, chat or joins")
        private String what = "";

        @Option(names = "--room", paramLabel = "NAME", description = "Only there.")
        private @Nullable String room;

        @Option(names = "--player", paramLabel = "NAME", description = "Only this one.")
        private @Nullable String player;

        @Override
        String role() {
            return "admin";
        }

        @Override
        final void fill(JsonObject body) {
            String target = room != null ? room : player;
            String scope = room != null ? "room" : player != null ? "player" : "everywhere";
            body.addProperty("what", what.toLowerCase(Locale.ROOT));
            body.addProperty("scope", scope);
            if (target != null) {
                body.addProperty("target", target);
            }
        }
    }

    @Command(name = "freeze", description = "Stops trades, chat or joins: everywhere, in a room or for a player.")
    static final class Freeze extends OfFreeze {
        @Override
        String path() {
            return "/freezes";
        }
    }

    @Command(name = "unfreeze", description = "Lets them go on.")
    static final class Unfreeze extends OfFreeze {
        @Override
        String path() {
            return "/freezes/lift";
        }
    }

    @Command(name = "republish", description = "Sends dead letters to where trades go; those that come back stay.")
    static final class Republish extends Order {
        @Parameters(
                arity = "0..1",
                paramLabel = "MESSAGE_ID",
                description = "Only this one; left out: all that are there now.")
        private @Nullable String messageId;

        @Override
        String role() {
            return "admin";
        }

        @Override
        String path() {
            return "/feed/dead/republish";
        }

        @Override
        void fill(JsonObject body) {
            if (messageId != null) {
                body.addProperty("messageId", messageId);
            }
        }
    }

    @Command(name = "drain", description = "No more players; rooms end their trades and close. Cannot be undone.")
    static final class Drain extends Order {
        @Override
        String role() {
            return "admin";
        }

        @Override
        String path() {
            return "/drain";
        }
    }
}
