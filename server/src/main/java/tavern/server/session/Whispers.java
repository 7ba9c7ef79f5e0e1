package tavern.server.session;

import java.time.InstantSource;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.Whisper;
import tavern.protocol.v1.WhisperDelivered;
import tavern.protocol.v1.WhisperReceived;
import tavern.server.game.ChatText;
import tavern.server.game.WordFilter;
import tavern.server.room.Room;
import tavern.server.room.Wire;

/** Chat from one player to another, in whatever room. */
final class Whispers {
    private static final String NOT_HERE = "no such player is here";

    private final int charactersMax;
    private final WordFilter filter;
    private final InstantSource clock;
    private final Function<String, @Nullable Session> sessions;
    private final Journal journal;

    Whispers(
            int charactersMax,
            WordFilter filter,
            InstantSource clock,
            Function<String, @Nullable Session> sessions,
            Journal journal) {
        this.charactersMax = charactersMax;
        this.filter = filter;
        this.clock = clock;
        this.sessions = sessions;
        this.journal = journal;
    }

    void send(Session from, int seq, Whisper whisper) throws BadRequestException {
        long now = clock.millis();
        if (from.mutedUntilMillis() > now) {
            throw new BadRequestException(ErrorCode.MUTED, "muted");
        }
        ChatText text = ChatText.clean(whisper.getText(), charactersMax);
        if (text.isRefused()) {
            throw new BadRequestException(ErrorCode.BAD_TEXT, text.problem());
        }
        String to = RequestParser.player(whisper.getTo());
        Session target = sessions.apply(to);
        if (target == null) {
            throw new BadRequestException(ErrorCode.NO_SUCH_PLAYER, NOT_HERE);
        }
        Room room = from.room();
        journal.add(
                from.player().name(),
                Journal.What.WHISPER,
                room == null ? "" : room.id().name(),
                "to " + to + ": " + text.text());
        ServerMessage.Builder received = ServerMessage.newBuilder()
                .setWhisper(WhisperReceived.newBuilder()
                        .setFrom(from.player().name())
                        .setText(filter.filter(text.text()))
                        .setAtMs(now));
        // P-34: the confirmation comes from the other player's lane, which knows whether the session has the message.
        target.inLane(() -> {
            if (target.isEnded()) {
                from.answer(Wire.error(seq, ErrorCode.NO_SUCH_PLAYER, NOT_HERE, 0));
                return;
            }
            target.number(received);
            from.deliver(ServerMessage.newBuilder()
                    .setReplyTo(seq)
                    .setWhisperDelivered(WhisperDelivered.newBuilder().setTo(to)));
        });
    }
}
