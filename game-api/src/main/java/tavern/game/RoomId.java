package tavern.game;

/** Identifies a room by its name. */
public record RoomId(String name) implements Comparable<RoomId> {
    /** @throws IllegalArgumentException unless {@link Names#isRoomName} */
    public RoomId {
        if (!Names.isRoomName(name)) {
            throw new IllegalArgumentException("not a room name");
        }
    }

    @Override
    public int compareTo(RoomId other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
