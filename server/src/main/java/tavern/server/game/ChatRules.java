package tavern.server.game;

import java.time.Instant;
import tavern.protocol.v1.ErrorCode;

/** Who may say what to the room. */
final class ChatRules {
    private final int charactersMax;
    private final WordFilter filter;

    ChatRules(int charactersMax, WordFilter filter) {
        this.charactersMax = charactersMax;
        this.filter = filter;
    }

    void say(Member member, int seq, String raw, long nowMillis, Effects effects) {
        Player player = member.player();
        if (nowMillis < member.mutedUntilMillis()) {
            String until = "muted until " + Instant.ofEpochMilli(member.mutedUntilMillis());
            effects.refuse(player.id(), seq, ErrorCode.MUTED, until);
            return;
        }
        ChatText line = ChatText.clean(raw, charactersMax);
        if (line.isRefused()) {
            effects.refuse(player.id(), seq, ErrorCode.BAD_TEXT, line.problem());
            return;
        }
        effects.toRoom(new RoomEvent.Chatted(player, seq, filter.filter(line.text()), nowMillis));
    }
}
