package tavern.bench.load;

/** The protocol that a server speaks. */
public enum Dialect {
    TAVERN,
    /** In rooms of the type {@code wander}. */
    TAVERN_GAME,
    REFERENCE;

    LoadPlayer player(LoadLoop loop, String room, int roomNumber, String name, int place) {
        return switch (this) {
            case TAVERN -> new TavernPlayer(loop, room, "", name, place);
            case TAVERN_GAME -> new TavernPlayer(loop, room, "wander", name, place);
            case REFERENCE -> new ReferencePlayer(loop, roomNumber, place);
        };
    }
}
