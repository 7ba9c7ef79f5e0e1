package tavern.server.store.redis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tavern.game.RoomId;
import tavern.server.store.DirectoryAnswer;
import tavern.server.store.DirectoryReport;
import tavern.server.store.DirectoryStore;
import tavern.server.store.ForeignValueException;
import tavern.server.store.LeaseKey;
import tavern.server.store.OpenRoom;
import tavern.server.store.RoomNews;

/**
 * The directory: a hash with what servers say of themselves, and a hash with the open rooms, whose versions are in a sorted
 * set. A room's text is {@code <fence> <node> <players> <capacity> <1 if unlisted> <type>} and keys and values of its metadata,
 * words URL-encoded; that of a closed room, which is kept for a minute, is {@code <fence> }.
 */
final class DirectoryRecords implements DirectoryStore {
    private static final Logger log = LoggerFactory.getLogger(DirectoryRecords.class);
    private static final int ROOM_WORDS = 6;

    private final RedisExecutor calls;
    private final Keys keys;

    DirectoryRecords(RedisExecutor calls, Keys keys) {
        this.calls = calls;
        this.keys = keys;
    }

    @Override
    public CompletionStage<DirectoryAnswer> exchange(DirectoryReport report) {
        ScriptArguments request = ScriptArguments.of(
                        keys.nodes(), keys.openRooms(), keys.openVersions(), keys.openClosed(), keys.openMeta())
                .add(report.node())
                .add(report.self())
                .add(report.since())
                .add(report.whole() ? 1 : 0)
                .add(FORGOTTEN_MILLIS);
        for (RoomNews news : report.news()) {
            OpenRoom open = news.open();
            request.add(news.room().name()).add(news.fence()).add(open == null ? "" : text(open));
        }
        return calls.run(Script.DIRECTORY, request, DirectoryRecords::answer);
    }

    private static DirectoryAnswer answer(ScriptReply reply) {
        List<DirectoryAnswer.NodeRow> nodes = new ArrayList<>();
        ScriptReply rows = reply.list(3);
        for (int i = 0; i + 3 < rows.size(); i += 4) {
            nodes.add(new DirectoryAnswer.NodeRow(
                    rows.text(i), (int) rows.number(i + 1), rows.number(i + 2), rows.text(i + 3)));
        }
        List<RoomNews> news = new ArrayList<>();
        ScriptReply rooms = reply.list(4);
        for (int i = 0; i + 1 < rooms.size(); i += 2) {
            try {
                news.add(news(rooms.text(i), rooms.text(i + 1)));
            } catch (ForeignValueException | IllegalArgumentException e) {
                // One foreign value must not keep the others from being read.
                log.debug("the directory has a room that is not one of ours: {}", e.getMessage());
            }
        }
        return new DirectoryAnswer(
                nodes,
                (int) reply.number(5),
                reply.number(0),
                reply.number(1) == 1,
                reply.number(2) == 1,
                reply.text(6),
                news);
    }

    private static String text(OpenRoom room) {
        StringBuilder text = new StringBuilder(EncodedWord.of(room.node()))
                .append(' ')
                .append(room.players())
                .append(' ')
                .append(room.capacity())
                .append(' ')
                .append(room.unlisted() ? 1 : 0)
                .append(' ')
                .append(EncodedWord.of(room.type()));
        room.metadata()
                .forEach((key, value) ->
                        text.append(' ').append(EncodedWord.of(key)).append(' ').append(EncodedWord.of(value)));
        return text.toString();
    }

    private static RoomNews news(String name, String text) {
        String[] words = text.split(" ", -1);
        RoomId room = new RoomId(name);
        long fence = Decimal.parse(words[0]);
        if (words.length == 2 && words[1].isEmpty()) {
            return RoomNews.closed(room, fence);
        }
        if (words.length < ROOM_WORDS || words.length % 2 != 0) {
            throw new ForeignValueException("not an open room of ours: " + text);
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        for (int i = ROOM_WORDS; i < words.length; i += 2) {
            metadata.put(EncodedWord.decode(words[i]), EncodedWord.decode(words[i + 1]));
        }
        return RoomNews.of(new OpenRoom(
                room,
                fence,
                EncodedWord.decode(words[1]),
                (int) Decimal.parse(words[2]),
                (int) Decimal.parse(words[3]),
                words[4].equals("1"),
                metadata,
                EncodedWord.decode(words[5])));
    }

    @Override
    public CompletionStage<Void> order(String order) {
        ScriptArguments request = ScriptArguments.of(keys.openMeta()).add(order);
        return calls.run(Script.REALM_ORDER, request, reply -> RedisExecutor.DONE);
    }

    @Override
    public CompletionStage<String> place(RoomId room, String node, long keptMillis) {
        ScriptArguments request = ScriptArguments.of(keys.lease(LeaseKey.room(room)), keys.placed(room))
                .add(node)
                .add(keptMillis);
        return calls.run(Script.PLACE, request, reply -> reply.text(0));
    }
}
