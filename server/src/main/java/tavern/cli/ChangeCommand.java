package tavern.cli;

import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A command that changes something. All of them need a reason, which the audit log keeps. */
public abstract class ChangeCommand extends OpsCommand {
    /** All of them, to be registered with the command line. */
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
            MoveRoom.class,
            Freeze.class,
            Unfreeze.class,
            Republish.class,
            Drain.class,
            Undrain.class,
            CanaryShare.class,
            EndCanary.class);

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "The reason, for the audit log.")
    private String reason = "";

    @Override
    final JsonObject ask(Api api) throws ApiException {
        JsonObject body = new JsonObject();
        body.addProperty("reason", reason);
        fill(body);
        return api.post(path(), body, ifMatch());
    }

    /** The version of what the command replaces; empty if it replaces nothing. */
    String ifMatch() {
        return "";
    }

    abstract String path();

    /** Adds the command's fields other than its reason. */
    void fill(JsonObject body) {}

    @Override
    final void print(JsonObject answer, PrintWriter out) {
        long entry = answer.get("audit").getAsLong();
        out.println(text(answer.get("result")) + (entry == 0 ? "" : " (audit " + entry + ")"));
    }

    @Override
    String role() {
        return "moderator";
    }

    private abstract static class OfPlayer extends ChangeCommand {
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

    /** The option for replacing what another operator has done. */
    static final class Replaces {
        @Option(
                names = "--if-match",
                paramLabel = "VERSION",
                defaultValue = "",
                description = "Replace the current version, which the refusal has shown; * for any version.")
        private String version = "";
    }

    /** Exactly one of its options is required. */
    static final class HowLong {
        @Option(names = "--seconds", paramLabel = "N", description = "How long.")
        private @Nullable Long seconds;

        @Option(names = "--forever", description = "Until it is lifted.")
        private boolean forever;
    }

    private abstract static class ForAWhile extends OfPlayer {
        @ArgGroup(multiplicity = "1")
        private HowLong howLong = new HowLong();

        @Option(names = "--message", paramLabel = "TEXT", description = "Shown to the player, unlike the reason.")
        private @Nullable String message;

        @Mixin
        private Replaces replaces = new Replaces();

        ForAWhile(String action) {
            super(action);
        }

        @Override
        final String ifMatch() {
            return replaces.version;
        }

        @Override
        final void fill(JsonObject body) {
            if (howLong.seconds == null) {
                body.addProperty("forever", howLong.forever);
            } else {
                body.addProperty("seconds", howLong.seconds);
            }
            if (message != null) {
                body.addProperty("message", message);
            }
        }
    }

    private abstract static class LiftOfPlayer extends OfPlayer {
        @Mixin
        private Replaces replaces = new Replaces();

        LiftOfPlayer(String action) {
            super(action);
        }

        @Override
        final String ifMatch() {
            return replaces.version;
        }
    }

    @Command(name = "kick", description = "Ends a player's session.")
    static final class Kick extends OfPlayer {
        @Option(names = "--message", paramLabel = "TEXT", description = "Shown to the player, unlike the reason.")
        private @Nullable String message;

        Kick() {
            super("kick");
        }

        @Override
        void fill(JsonObject body) {
            if (message != null) {
                body.addProperty("message", message);
            }
        }
    }

    @Command(name = "mute", description = "Takes chat and whispers from a player.")
    static final class Mute extends ForAWhile {
        Mute() {
            super("mute");
        }
    }

    @Command(name = "unmute", description = "Gives chat and whispers back to a player.")
    static final class Unmute extends LiftOfPlayer {
        Unmute() {
            super("unmute");
        }
    }

    @Command(name = "ban", description = "Disconnects a player and refuses logins.")
    static final class Ban extends ForAWhile {
        Ban() {
            super("ban");
        }
    }

    @Command(name = "unban", description = "Permits a player's logins again.")
    static final class Unban extends LiftOfPlayer {
        Unban() {
            super("unban");
        }
    }

    @Command(name = "whisper", description = "Sends a text to one player.")
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

        @Option(names = "--create", description = "Accept a room that never existed.")
        private boolean create;

        Move() {
            super("move");
        }

        @Override
        void fill(JsonObject body) {
            body.addProperty("to", room);
            if (create) {
                body.addProperty("create", true);
            }
        }
    }

    @Command(name = "announce", description = "Sends a text to all players, or to those in a room.")
    static final class Announce extends ChangeCommand {
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
    static final class Close extends ChangeCommand {
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

    @Command(name = "move-room", description = "Moves a room to another server of the realm, with its players.")
    static final class MoveRoom extends ChangeCommand {
        @Parameters(index = "0", paramLabel = "ROOM")
        private String room = "";

        @Parameters(index = "1", paramLabel = "NODE", description = "The id of the other server.")
        private String node = "";

        @Override
        String role() {
            return "admin";
        }

        @Override
        String path() {
            return "/rooms/" + Api.part(room) + "/move";
        }

        @Override
        void fill(JsonObject body) {
            body.addProperty("node", node);
        }
    }

    private abstract static class OfFreeze extends ChangeCommand {
        @Parameters(paramLabel = "WHAT", description = "trades, chat or joins")
        private String what = "";

        @Option(names = "--room", paramLabel = "NAME", description = "Only there.")
        private @Nullable String room;

        @Option(names = "--player", paramLabel = "NAME", description = "Only this player.")
        private @Nullable String player;

        @Mixin
        private Replaces replaces = new Replaces();

        @Override
        String role() {
            return "admin";
        }

        @Override
        final String ifMatch() {
            return replaces.version;
        }

        @Override
        void fill(JsonObject body) {
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
        @Option(names = "--create", description = "Accept a room or a player that never existed.")
        private boolean create;

        @Override
        void fill(JsonObject body) {
            super.fill(body);
            if (create) {
                body.addProperty("create", true);
            }
        }

        @Override
        String path() {
            return "/freezes";
        }
    }

    @Command(name = "unfreeze", description = "Permits them again.")
    static final class Unfreeze extends OfFreeze {
        @Override
        String path() {
            return "/freezes/lift";
        }
    }

    @Command(name = "republish", description = "Publishes dead letters again; those that are returned stay.")
    static final class Republish extends ChangeCommand {
        @Parameters(
                arity = "0..1",
                paramLabel = "MESSAGE_ID",
                description = "Only this letter; without it, all present letters.")
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

    @Command(
            name = "drain",
            description = "Moves rooms and players to the realm's other servers, if there are any; then accepts no more"
                    + " players, and rooms end their trades and close.")
    static final class Drain extends ChangeCommand {
        @Override
        String role() {
            return "admin";
        }

        @Override
        String path() {
            return "/drain";
        }
    }

    @Command(name = "undrain", description = "Takes a drain back, as long as rooms and players are still moving.")
    static final class Undrain extends ChangeCommand {
        @Override
        String role() {
            return "admin";
        }

        @Override
        String path() {
            return "/drain/undo";
        }
    }

    @Command(
            name = "canary",
            description = "Gives a share of the realm's new rooms to servers of one version, and no others.")
    static final class CanaryShare extends ChangeCommand {
        @Parameters(paramLabel = "VERSION", description = "As bin/server nodes shows it.")
        private String version = "";

        @Option(names = "--share", required = true, paramLabel = "PERCENT", description = "Of new rooms: 10%%")
        private String share = "";

        @Override
        String role() {
            return "admin";
        }

        @Override
        String path() {
            return "/realm/canary";
        }

        @Override
        void fill(JsonObject body) {
            if (!share.matches("[0-9]{1,3}%?")) {
                throw new IllegalArgumentException("--share is a percentage such as 10%, not " + share);
            }
            body.addProperty("percent", Integer.parseInt(share.replace("%", "")));
            body.addProperty("version", version);
        }
    }

    @Command(name = "end-canary", description = "Lets new rooms go to servers of all versions again.")
    static final class EndCanary extends ChangeCommand {
        @Override
        String role() {
            return "admin";
        }

        @Override
        String path() {
            return "/realm/canary/end";
        }
    }
}
