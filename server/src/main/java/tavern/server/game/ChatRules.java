package tavern.server.game;

import java.time.Instant;
import tavern.game.Player;
import tavern.protocol.v1.ErrorCode;

/** Decides whether a player's chat line may be shown to the room, and cleans it. */
final class ChatRules {
    private final int charactersMax;
    private final WordFilter filter;

    ChatRules(int charactersMax, WordFilter filter) {
        this.charactersMax = charactersMax;
        this.filter = filter;
    }

    void say(MemberState member, Action.Chat said, Effects effects) {
        Player player = member.player();
        if (said.atMillis() < member.mutedUntilMillis()) {
            String until = "muted until " + Instant.ofEpochMilli(member.mutedUntilMillis());
            effects.refuse(player.id(), said.seq(), ErrorCode.MUTED, until);
            return;
        }
        ChatText line = ChatText.clean(said.text(), charactersMax);
        if (line.isRefused()) {
            effects.refuse(player.id(), said.seq(), ErrorCode.BAD_TEXT, line.problem());
            return;
        }
        effects.toRoom(new RoomEvent.Chatted(player, said.seq(), filter.filter(line.text()), said.atMillis()));
    }
}
