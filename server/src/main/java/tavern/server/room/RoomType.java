package tavern.server.room;

import java.util.Map;
import tavern.game.GameType;

/**
 * A type of rooms: a game, and how the configuration sets it up.
 *
 * @param name by which clients ask for it ({@link tavern.game.Names#isRoomName})
 * @param capacity players; 0 for as many as the server allows
 * @param spectators whether the game may let in people who only watch
 * @param listed whether the rooms are listed, unless who opens one asks for less
 * @param idleCloseSeconds how long a room stays open with nobody in it
 * @param settings for the game
 * @param chat whether members may chat
 * @param trades whether members may trade with each other
 * @param moves whether members may move
 * @param npcs at the same time in a room, of a game that has some
 * @param tickEvery the rooms tick with every so many ticks of the server
 * @param clientsMayOpen whether a client's join opens a room that is not there
 * @param isRecorded whether the newest turns of each room are kept in memory
 * @param turnMillisMax a turn that is computed for longer is logged
 */
public record RoomType(
        String name,
        GameType<?, ?, ?> game,
        int capacity,
        boolean spectators,
        boolean listed,
        long idleCloseSeconds,
        Map<String, String> settings,
        boolean chat,
        boolean trades,
        boolean moves,
        int npcs,
        int tickEvery,
        boolean clientsMayOpen,
        boolean isRecorded,
        int turnMillisMax) {
    public RoomType {
        settings = Map.copyOf(settings);
    }

    /** Returns the same with another version of its game. */
    RoomType withGame(GameType<?, ?, ?> other) {
        return new RoomType(
                name,
                other,
                capacity,
                spectators,
                listed,
                idleCloseSeconds,
                settings,
                chat,
                trades,
                moves,
                npcs,
                tickEvery,
                clientsMayOpen,
                isRecorded,
                turnMillisMax);
    }
}
