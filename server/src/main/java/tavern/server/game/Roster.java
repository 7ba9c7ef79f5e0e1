package tavern.server.game;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tavern.game.PlayerId;

/** The players in the room. Used for look-ups only and never iterated over: hash order must not reach the effects. */
final class Roster {
    private final Map<PlayerId, MemberState> byId = new HashMap<>();
    private final Map<String, MemberState> byName = new HashMap<>();

    @Nullable
    MemberState find(PlayerId player) {
        return byId.get(player);
    }

    @Nullable
    MemberState find(String name) {
        return byName.get(name);
    }

    void add(MemberState member) {
        byId.put(member.player().id(), member);
        byName.put(member.player().name(), member);
    }

    void remove(MemberState member) {
        byId.remove(member.player().id());
        byName.remove(member.player().name());
    }
}
