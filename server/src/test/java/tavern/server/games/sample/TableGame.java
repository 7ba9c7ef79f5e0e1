package tavern.server.games.sample;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.StringValue;
import tavern.game.Admission;
import tavern.game.Game;
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

/** Does what it is told, word by word, and remembers in its state what was said and what happened, a line each. */
public final class TableGame implements Game<StringValue, StringValue, StringValue> {
    @Override
    public StringValue open(Opening opening) {
        return StringValue.of(opening.metadata().getOrDefault("first", "") + "\n");
    }

    @Override
    public Admission admit(StringValue state, Player who, ByteString ticket) {
        return switch (ticket.toStringUtf8()) {
            case "watch" -> Admission.spectator();
            case "stranger" -> Admission.refuse(ErrorCode.NOT_ALLOWED, "not you, " + who.name());
            case "broken" -> throw new IllegalStateException("the door is broken");
            default -> Admission.player();
        };
    }

    @Override
    public Reads reads(StringValue state, Player from, StringValue message) {
        String[] words = message.getValue().split(" ", -1);
        return words[0].equals("look") ? Reads.named(words[1]).and(Reads.of(new NamedAccount("bank"))) : Reads.NONE;
    }

    @Override
    public StringValue on(StringValue state, Player from, StringValue message, Turn<StringValue> turn) {
        String[] words = message.getValue().split(" ", 3);
        String first = words.length > 1 ? words[1] : "";
        String second = words.length > 2 ? words[2] : "";
        switch (words[0]) {
            case "say" -> {
                turn.tellAll(text(from.name() + ": " + first));
                return with(state, first);
            }
            case "hint" -> turn.tell(from, text(first));
            case "others" -> turn.tellExcept(from, text(first));
            case "earn" -> turn.give(from.id(), "gold", Long.parseLong(first));
            case "welcome" -> {
                if (turn.count(from.id(), "gold") == 0) {
                    turn.give(from.id(), "gold", 5);
                }
            }
            case "pay" -> turn.take(from.id(), "gold", Long.parseLong(first));
            case "gift" -> turn.give(new PlayerId(Long.parseLong(first)), "gold", Long.parseLong(second));
            case "count" -> turn.tell(from, text(turn.count(from.id(), "gold") + " gold"));
            case "alarm" -> turn.timer(first, turn.now() + Long.parseLong(second));
            case "put" -> turn.put(from.id(), "note", text(first));
            case "note" ->
                turn.tell(from, text(note(turn.kept(from.id(), "note").value())));
            case "publish" -> turn.publish(first, text(second));
            case "signal" -> turn.signal(new RoomId(first), ByteString.copyFromUtf8(second));
            case "look" -> {
                long bank = turn.count(new NamedAccount("bank"), "gold");
                String found = turn.named(first)
                        .map(player -> turn.count(player.id(), "gold") + " gold, "
                                + note(turn.kept(player.id(), "note").value()))
                        .orElse("nobody");
                turn.tell(from, text(first + " has " + found + "; the bank has " + bank));
                return with(state, "looked at " + first);
            }
            case "save" -> turn.move(from.id(), new NamedAccount("bank"), Goods.of("gold", Long.parseLong(first)));
            case "score" -> turn.score(first, from.id(), Long.parseLong(second));
            case "call" -> {
                turn.call(first, second, text("by " + from.name()));
                return with(state, "asked " + second);
            }
            case "send" -> turn.send(from, new RoomId(first), ByteString.copyFromUtf8(second));
            case "out" -> turn.putOut(from, ErrorCode.NOT_ALLOWED, "enough");
            case "refuse" -> throw turn.refuse(ErrorCode.BAD_VALUE, "no, thanks");
            default -> throw new IllegalStateException("what is " + words[0] + "?");
        }
        return state;
    }

    private static String note(ByteString kept) {
        try {
            return "note: " + StringValue.parseFrom(kept).getValue();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public StringValue due(StringValue state, String timer, Turn<StringValue> turn) {
        turn.tellAll(text("alarm " + timer));
        return with(state, "alarm " + timer);
    }

    @Override
    public StringValue joined(StringValue state, Player who, Turn<StringValue> turn) {
        turn.tellAll(text(who.name() + " came"));
        return state;
    }

    @Override
    public StringValue left(StringValue state, Player who, Turn<StringValue> turn) {
        turn.tellAll(text(who.name() + " left"));
        return with(state, who.name() + " left");
    }

    @Override
    public StringValue dropped(StringValue state, Player who, Turn<StringValue> turn) {
        turn.tellExcept(who, text(who.name() + " dropped"));
        return state;
    }

    @Override
    public StringValue returned(StringValue state, Player who, Turn<StringValue> turn) {
        turn.tellAll(text(who.name() + " returned"));
        return state;
    }

    @Override
    public StringValue signalled(StringValue state, RoomId from, ByteString what, Turn<StringValue> turn) {
        turn.tellAll(text(from + " sent " + what.toStringUtf8()));
        return with(state, from + " sent " + what.toStringUtf8());
    }

    @Override
    public StringValue answered(StringValue state, String call, Reply reply, Turn<StringValue> turn) {
        String came = reply instanceof Reply.Ok ok
                ? ok.read(StringValue.parser()).getValue()
                : ((Reply.Failed) reply).cause().toString();
        turn.tellAll(text(call + ": " + came));
        return with(state, call + ": " + came);
    }

    @Override
    public StringValue view(StringValue state, Viewer viewer) {
        return state;
    }

    private static StringValue with(StringValue state, String line) {
        return text(state.getValue() + line + "\n");
    }

    private static StringValue text(String text) {
        return StringValue.of(text);
    }
}
