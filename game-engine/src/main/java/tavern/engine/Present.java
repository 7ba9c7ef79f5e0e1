package tavern.engine;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tavern.game.Player;
import tavern.game.PlayerId;

/** The players in a room, in the order of their coming. Immutable. */
final class Present {
    static final Present NOBODY = new Present(new LinkedHashMap<>());

    /** @param goods what the player durably has; changes */
    record Member(Player player, MemberGoods goods) {}

    private final Map<PlayerId, Member> members;
    private final List<Player> players;

    /** @param members in order, and not changed any more */
    private Present(Map<PlayerId, Member> members) {
        this.members = members;
        this.players = members.values().stream().map(Member::player).toList();
    }

    List<Player> players() {
        return players;
    }

    Collection<Member> members() {
        return members.values();
    }

    @Nullable
    Member find(PlayerId who) {
        return members.get(who);
    }

    Present with(Member member) {
        var more = new LinkedHashMap<>(members);
        more.put(member.player().id(), member);
        return new Present(more);
    }

    Present without(PlayerId who) {
        if (!members.containsKey(who)) {
            return this;
        }
        var fewer = new LinkedHashMap<>(members);
        fewer.remove(who);
        return new Present(fewer);
    }
}
