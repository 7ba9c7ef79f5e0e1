package tavern.game;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.util.Set;

/**
 * A game under the name by which the server's configuration calls it ({@code games.types.<type>.game}). Immutable, safe on any thread.
 *
 * @param name as {@link Names#isRoomName} allows; the game's mint is named like it, so a server takes no game with the name of
 *     one of its own mints, {@code starter} and {@code ops}
 * @param game one object for all rooms of all types with this game
 * @param states parses states that were kept, also by earlier versions of the game; a room whose state it cannot parse does not open
 * @param messages parses what players say; what it cannot parse is answered {@code BAD_VALUE}, without a call of the game
 * @param keeps the keys of players' durable values that the game reads or writes, as {@link Names#isValueKey} allows; they are read
 *     before a player comes in. All games share them, so let a key begin with the game's name
 * @param boards the game's leaderboards, of different names
 */
public record GameType<S extends MessageLite, I extends MessageLite, O extends MessageLite>(
        String name, Game<S, I, O> game, Parser<S> states, Parser<I> messages, Set<String> keeps, Set<Board> boards) {
    /** @throws IllegalArgumentException when a name or a key is not one, or two boards have the same name */
    public GameType {
        if (!Names.isRoomName(name)) {
            throw new IllegalArgumentException("not the name of a game: " + name);
        }
        for (String key : keeps) {
            if (!Names.isValueKey(key)) {
                throw new IllegalArgumentException("not the key of a value: " + key);
            }
        }
        keeps = Set.copyOf(keeps);
        boards = Set.copyOf(boards);
        if (boards.stream().map(Board::name).distinct().count() < boards.size()) {
            throw new IllegalArgumentException("two leaderboards of the game have the same name: " + boards);
        }
    }

    /** A game without durable values of players. */
    public static <S extends MessageLite, I extends MessageLite, O extends MessageLite> GameType<S, I, O> of(
            String name, Game<S, I, O> game, Parser<S> states, Parser<I> messages) {
        return new GameType<>(name, game, states, messages, Set.of(), Set.of());
    }

    /** Returns the same game with these keys. */
    public GameType<S, I, O> keeping(String... keys) {
        return new GameType<>(name, game, states, messages, Set.of(keys), boards);
    }

    /** Returns the same game with these leaderboards. */
    public GameType<S, I, O> ranking(Board... leaderboards) {
        return new GameType<>(name, game, states, messages, keeps, Set.of(leaderboards));
    }
}
