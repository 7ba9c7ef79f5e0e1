package tavern.server.store.redis;

import io.lettuce.core.protocol.CommandType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.game.PlayerId;
import tavern.game.RoomId;
import tavern.server.game.Position;
import tavern.server.store.ChatHistory;
import tavern.server.store.ChatLine;
import tavern.server.store.DueRoom;
import tavern.server.store.ForeignValueException;
import tavern.server.store.KeptGame;
import tavern.server.store.PlayerPosition;
import tavern.server.store.RoomTurn;
import tavern.server.store.StaleFenceException;

/** The rooms' data: a chat line is {@code number at player text}, a position {@code x y}, a game a hash. */
final class RoomRecords {
    private static final Logger log = LoggerFactory.getLogger(RoomRecords.class);
    private static final int LINE_WORDS = 4;

    /** So many entries that are not ours are reported, once each. */
    private static final int FOREIGN_NAMED_MAX = 16;

    private final RedisExecutor calls;
    private final Keys keys;
    private final Set<String> namedForeign = ConcurrentHashMap.newKeySet();

    RoomRecords(RedisExecutor calls, Keys keys) {
        this.calls = calls;
        this.keys = keys;
    }

    CompletionStage<ChatHistory> chat(RoomId room, int max) {
        // At least one line, because the newest has the number from which to continue.
        ScriptArguments request =
                ScriptArguments.of(keys.chat(room)).add(-Math.max(1L, max)).add(-1);
        return calls.send(CommandType.LRANGE, request, reply -> {
            long lastNumber = 0;
            List<ChatLine> lines = new ArrayList<>(reply.size());
            for (int i = 0; i < reply.size(); i++) {
                String[] words = words(reply.text(i));
                lastNumber = Decimal.parse(words[0]);
                lines.add(new ChatLine(words[2], words[3], Decimal.parse(words[1])));
            }
            return new ChatHistory(lastNumber, lines.subList(Math.max(0, lines.size() - max), lines.size()));
        });
    }

    static String[] words(String line) {
        String[] words = line.split(" ", LINE_WORDS);
        if (words.length < LINE_WORDS) {
            throw new ForeignValueException("not a line of chat");
        }
        return words;
    }

    /** Known rooms have a fence: opening a room creates one, which stays until the room is forgotten. */
    CompletionStage<Boolean> isKnown(RoomId room) {
        return calls.send(CommandType.EXISTS, ScriptArguments.of(keys.fence(room)), reply -> reply.number(0) == 1);
    }

    CompletionStage<Void> appendChat(RoomId room, long fence, long firstNumber, List<ChatLine> lines, int keep) {
        ScriptArguments request =
                ScriptArguments.of(keys.fence(room), keys.chat(room)).add(fence).add(keep);
        long number = firstNumber;
        for (ChatLine line : lines) {
            request.add(number++ + " " + line.atMillis() + " " + line.player() + " " + line.text());
        }
        return fenced(Script.CHAT, request, room, fence);
    }

    CompletionStage<Optional<Position>> position(RoomId room, PlayerId player) {
        ScriptArguments request = ScriptArguments.of(keys.positions(room)).add(player.value());
        return calls.send(CommandType.HGET, request, reply -> {
            if (reply.isNull(0)) {
                return Optional.empty();
            }
            String text = reply.text(0);
            int space = text.indexOf(' ');
            if (space < 0) {
                throw new ForeignValueException("not a position: " + text);
            }
            return Optional.of(new Position(
                    Math.toIntExact(Decimal.parse(text.substring(0, space))),
                    Math.toIntExact(Decimal.parse(text.substring(space + 1)))));
        });
    }

    CompletionStage<Void> savePositions(RoomId room, long fence, List<PlayerPosition> positions) {
        ScriptArguments request =
                ScriptArguments.of(keys.fence(room), keys.positions(room)).add(fence);
        for (PlayerPosition stood : positions) {
            request.add(stood.player().value())
                    .add(stood.position().x() + " " + stood.position().y());
        }
        return fenced(Script.POSITIONS, request, room, fence);
    }

    CompletionStage<Optional<KeptGame>> game(RoomId room) {
        ScriptArguments request = ScriptArguments.of(keys.game(room))
                .add("type")
                .add("revision")
                .add("state")
                .add("due");
        return calls.send(
                CommandType.HMGET,
                request,
                reply -> reply.isNull(1)
                        ? Optional.empty()
                        : Optional.of(new KeptGame(
                                reply.text(0), reply.number(1), reply.bytes(2), dueMillis(reply.text(3)))));
    }

    CompletionStage<List<DueRoom>> due(long untilMillis, int max) {
        ScriptArguments request = ScriptArguments.of(keys.dueRooms())
                .add(untilMillis)
                .add(max)
                .add(keys.games())
                .add(FOREIGN_NAMED_MAX);
        return calls.run(Script.DUE_ROOMS, request, reply -> {
            List<DueRoom> rooms = new ArrayList<>();
            for (int i = 0; i < reply.size(); i += 3) {
                if (reply.isNull(i + 1)) {
                    foreign(reply.text(i), reply.text(i + 2));
                    continue;
                }
                try {
                    rooms.add(new DueRoom(new RoomId(reply.text(i)), reply.text(i + 1), dueMillis(reply.text(i + 2))));
                } catch (ForeignValueException | IllegalArgumentException e) {
                    foreign(reply.text(i), String.valueOf(e.getMessage()));
                }
            }
            return rooms;
        });
    }

    /** Others must not wait for a room that is not ours. */
    private void foreign(String room, String why) {
        if (namedForeign.size() < FOREIGN_NAMED_MAX && namedForeign.add(room)) {
            log.error("an entry of {} is not ours, and is passed over: {}", keys.dueRooms(), why);
        }
    }

    private static long dueMillis(String text) {
        return text.isEmpty() ? RoomTurn.NEVER : Decimal.parse(text);
    }

    private CompletionStage<Void> fenced(Script script, ScriptArguments request, RoomId room, long fence) {
        return calls.run(script, request, reply -> {
            if (reply.number(0) < 0) {
                throw new StaleFenceException(room, fence, reply.number(1));
            }
            return RedisExecutor.DONE;
        });
    }
}
