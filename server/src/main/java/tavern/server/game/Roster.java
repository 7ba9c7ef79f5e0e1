package tavern.server.game;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Who is in the room. Only looked things up in, never walked through: hash order must not reach the effects. */
final class Roster {
    private final Map<PlayerId, Member> byId = new HashMap<>();
    private final Map<String, Member> byName = new HashMap<>();

    @Nullable
    Member find(PlayerId player) {
        return byId.get(player);
    }

    @Nullable
    Member find(String name) {
        return byName.get(name);
    }

    void add(Member member) {
        byId.put(member.player().id(), member);
        byName.put(member.player().name(), member);
    }

    void remove(Member member) {
        byId.remove(member.player().id());
        byName.remove(member.player().name());
    }
}
