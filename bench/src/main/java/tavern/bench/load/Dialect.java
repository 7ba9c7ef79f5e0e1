package tavern.bench.load;

/** What a server is spoken to in. */
public enum Dialect {
    TAVERN,
    REFERENCE;

    Player player(LoadLoop loop, String room, int roomNumber, String name, int place) {
        return switch (this) {
            case TAVERN -> new TavernPlayer(loop, room, name, place);
            case REFERENCE -> new ReferencePlayer(loop, roomNumber, place);
        };
    }
}
