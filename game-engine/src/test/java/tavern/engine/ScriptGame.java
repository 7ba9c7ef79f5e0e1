package tavern.engine;

import com.google.protobuf.ByteString;
import com.google.protobuf.StringValue;
import java.util.Map;
import tavern.game.AccountId;
import tavern.game.Admission;
import tavern.game.Game;
import tavern.game.GameType;
import tavern.game.Goods;
import tavern.game.NamedAccount;
import tavern.game.Opening;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.game.Reads;
import tavern.game.Reply;
import tavern.game.RoomId;
import tavern.game.Turn;
import tavern.game.Viewer;
import tavern.protocol.v1.ErrorCode;

/**
 * A game that does what it is told: messages, and the settings for what else happens ({@code joined}, {@code left} …), are
 * commands with semicolons between them. The state is what {@code add} has added.
 */
final class ScriptGame implements Game<StringValue, StringValue, StringValue> {
    static final GameType<StringValue, StringValue, StringValue> TYPE = GameType.of(
                    "script", new ScriptGame(), StringValue.parser(), StringValue.parser())
            .keeping("best", "last");

    @Override
    public StringValue open(Opening opening) {
        String first = opening.settings().getOrDefault("open", "");
        if (first.equals("throw")) {
            throw new IllegalStateException("cannot open");
        }
        return StringValue.of(first);
    }

    @Override
    public Admission admit(StringValue state, Player who, ByteString ticket) {
        return ticket.isEmpty() ? Admission.player() : Admission.refuse(ErrorCode.NOT_ALLOWED, state.getValue());
    }

    @Override
    public Reads reads(StringValue state, Player from, StringValue message) {
        Reads reads = Reads.NONE;
        for (String command : message.getValue().split(";", -1)) {
            String[] words = command.trim().split(" ", -1);
            if (words[0].equals("read")) {
                reads = reads.and(
                        words[1].startsWith("name:")
                                ? Reads.named(words[1].substring(5))
                                : Reads.of(account(words[1], from)));
            }
        }
        return reads;
    }

    @Override
    public StringValue on(StringValue state, Player from, StringValue message, Turn<StringValue> turn) {
        return run(state, message.getValue(), from, turn);
    }

    @Override
    public StringValue due(StringValue state, String timer, Turn<StringValue> turn) {
        return run(state, setting(turn.settings(), "due:" + timer, "due"), new Player(new PlayerId(0), timer), turn);
    }

    @Override
    public StringValue joined(StringValue state, Player who, Turn<StringValue> turn) {
        return run(state, setting(turn.settings(), "joined:" + who.name(), "joined"), who, turn);
    }

    @Override
    public StringValue left(StringValue state, Player who, Turn<StringValue> turn) {
        return run(state, setting(turn.settings(), "left:" + who.name(), "left"), who, turn);
    }

    @Override
    public StringValue dropped(StringValue state, Player who, Turn<StringValue> turn) {
        return run(state, turn.settings().getOrDefault("dropped", ""), who, turn);
    }

    @Override
    public StringValue returned(StringValue state, Player who, Turn<StringValue> turn) {
        return run(state, turn.settings().getOrDefault("returned", ""), who, turn);
    }

    @Override
    public StringValue signalled(StringValue state, RoomId from, ByteString what, Turn<StringValue> turn) {
        return run(state, what.toStringUtf8(), new Player(new PlayerId(0), from.name()), turn);
    }

    @Override
    public StringValue answered(StringValue state, String call, Reply reply, Turn<StringValue> turn) {
        String said = reply instanceof Reply.Failed failed
                ? failed.cause().toString()
                : ((Reply.Ok) reply).read(StringValue.parser()).getValue();
        StringValue next = add(state, call + "=" + said);
        return run(next, turn.settings().getOrDefault("answered", ""), new Player(new PlayerId(0), call), turn);
    }

    @Override
    public StringValue view(StringValue state, Viewer viewer) {
        return state;
    }

    private static String setting(Map<String, String> settings, String first, String otherwise) {
        return settings.getOrDefault(first, settings.getOrDefault(otherwise, ""));
    }

    private static StringValue run(StringValue state, String script, Player who, Turn<StringValue> turn) {
        StringValue next = state;
        for (String command : script.split(";", -1)) {
            if (!command.isBlank()) {
                next = run(next, command.trim().split(" ", -1), who, turn);
            }
        }
        return next;
    }

    @SuppressWarnings("NullAway") // A game may be wrong.
    private static StringValue run(StringValue state, String[] words, Player who, Turn<StringValue> turn) {
        switch (words[0]) {
            case "add" -> {
                return add(state, words[1].replace("$who", who.name()));
            }
            case "addNow" -> {
                return add(state, Long.toString(turn.now()));
            }
            case "addChance" -> {
                return add(state, Integer.toString(turn.random().nextInt(1_000_000)));
            }
            case "addPresent" -> {
                return add(
                        state,
                        turn.present().stream().map(Player::name).toList().toString());
            }
            case "addCount" -> {
                return add(state, Long.toString(turn.count(who.id(), words[1])));
            }
            case "addItems" -> {
                return add(state, turn.items(who.id()).toString());
            }
            case "addKept" -> {
                return add(
                        state,
                        turn.kept(who.id(), words[1]).value().toStringUtf8().trim());
            }
            case "read" -> {}
            case "addCountOf" -> {
                return add(state, Long.toString(turn.count(account(words[1], who), words[2])));
            }
            case "addKeptOf" -> {
                PlayerId of = new PlayerId(Long.parseLong(words[1]));
                return add(state, turn.kept(of, words[2]).value().toStringUtf8().trim());
            }
            case "addNamed" -> {
                return add(state, turn.named(words[1]).map(Player::id).toString());
            }
            case "putOf" -> turn.put(new PlayerId(Long.parseLong(words[1])), words[2], StringValue.of(words[3]));
            case "fill" -> {
                return StringValue.of("x".repeat(Integer.parseInt(words[1])));
            }
            case "null" -> {
                return null;
            }
            case "tell" -> turn.tell(who, StringValue.of(words[1]));
            case "tellAll" -> turn.tellAll(StringValue.of(words[1]));
            case "tellExcept" -> turn.tellExcept(who, StringValue.of(words[1]));
            case "tellState" -> turn.tellAll(state);
            case "give" -> turn.give(account(words[1], who), words[2], Long.parseLong(words[3]));
            case "take" -> turn.take(account(words[1], who), words[2], Long.parseLong(words[3]));
            case "mint" -> turn.mint(who.id(), words[1]);
            case "burn" -> turn.burn(who.id(), Long.parseLong(words[1]));
            case "move" ->
                turn.move(account(words[1], who), account(words[2], who), Goods.of(words[3], Long.parseLong(words[4])));
            case "moveItem" ->
                turn.move(account(words[1], who), account(words[2], who), Goods.ofItem(Long.parseLong(words[3])));
            case "put" -> turn.put(who.id(), words[1], StringValue.of(words[2]));
            case "publish" -> turn.publish(words[1], state);
            case "timer" -> turn.timer(words[1], turn.now() + Long.parseLong(words[2]));
            case "stop" -> turn.stop(words[1]);
            case "signal" -> turn.signal(new RoomId(words[1]), ByteString.copyFromUtf8(words[2].replace('_', ' ')));
            case "call" -> turn.call(words[1], words[2], StringValue.of(words[3]));
            case "send" -> turn.send(who, new RoomId(words[1]), ByteString.EMPTY);
            case "putOut" -> turn.putOut(who, ErrorCode.KICKED, "out");
            case "refuse" -> throw turn.refuse(ErrorCode.NOT_ALLOWED, "no");
            case "unavailable" -> throw turn.refuse(ErrorCode.UNAVAILABLE, "not now");
            case "throw" -> throw new IllegalStateException("thrown");
            case "throwIf" -> {
                if (state.getValue().contains(words[1])) {
                    throw new IllegalStateException("thrown");
                }
            }
            case "refuseIf" -> {
                if (state.getValue().contains(words[1])) {
                    throw turn.refuse(ErrorCode.NOT_ALLOWED, "because of " + words[1]);
                }
            }
            case "overflow" -> deep(1);
            default -> throw new IllegalArgumentException("unknown command " + words[0]);
        }
        return state;
    }

    @SuppressWarnings("InfiniteRecursion")
    private static int deep(int depth) {
        return deep(depth + 1) + 1;
    }

    /** {@code @bank}, a player's number, or {@code me}. */
    private static AccountId account(String name, Player who) {
        if (name.equals("me")) {
            return who.id();
        }
        return name.startsWith("@") ? new NamedAccount(name.substring(1)) : new PlayerId(Long.parseLong(name));
    }

    private static StringValue add(StringValue state, String word) {
        return StringValue.of(state.getValue().isEmpty() ? word : state.getValue() + "," + word);
    }
}
