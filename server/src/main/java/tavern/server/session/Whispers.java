package tavern.server.session;

import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.Whisper;
import tavern.protocol.v1.WhisperDelivered;
import tavern.protocol.v1.WhisperReceived;
import tavern.server.game.ChatText;
import tavern.server.game.WordFilter;
import tavern.server.room.Room;
import tavern.server.room.Wire;
import tavern.server.store.Causes;

/** Chat from one player to another, in whatever room. */
final class Whispers {
    /** The first word of another server's question: whether a player there heard a whisper; from, to, text, date. */
    static final String QUESTION = "whisper";

    private static final int QUESTION_WORDS = 5;
    private static final String NOT_HERE = "no such player is here";
    private static final long RETRY_MILLIS = 1_000;

    private final int charactersMax;
    private final WordFilter filter;
    private final InstantSource clock;
    private final Sessions sessions;
    private final Journal journal;

    Whispers(int charactersMax, WordFilter filter, InstantSource clock, Sessions sessions, Journal journal) {
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
        Room room = from.room();
        journal.add(
                from.player().name(),
                Journal.What.WHISPER,
                room == null ? "" : room.id().name(),
                "to " + to + ": " + text.text());
        String sender = from.player().name();
        String heard = filter.filter(text.text());
        // P-34: the confirmation comes from the other player's lane, which knows whether the session has the message.
        tell(sender, to, heard, now).whenComplete((isHeard, failure) -> {
            if (failure != null && Causes.of(failure) instanceof TimeoutException) {
                from.answer(
                        Wire.error(seq, ErrorCode.UNAVAILABLE, "the player's server does not answer", RETRY_MILLIS));
            } else if (failure != null) {
                from.answer(Failure.answer(seq, () -> from.action(seq), Causes.of(failure)));
            } else if (isHeard) {
                from.deliver(ServerMessage.newBuilder()
                        .setReplyTo(seq)
                        .setWhisperDelivered(WhisperDelivered.newBuilder().setTo(to)));
            } else {
                from.answer(Wire.error(seq, ErrorCode.NO_SUCH_PLAYER, NOT_HERE, 0));
            }
        });
    }

    /** Tells a player on whatever server of the realm; completes with false when the player is on none. */
    CompletionStage<Boolean> tell(String from, String to, String text, long atMillis) {
        Session target = sessions.byName(to);
        CompletionStage<Boolean> here =
                target == null ? CompletableFuture.completedFuture(false) : tell(target, from, text, atMillis);
        return here.thenCompose(isTold ->
                isTold ? here : sessions.askElsewhere(to, List.of(QUESTION, from, to, text, Long.toString(atMillis))));
    }

    /** Who is just going to another server hears of it there, behind what is told there already. */
    private static CompletionStage<Boolean> tell(Session target, String from, String text, long atMillis) {
        return target.askLane(() -> target.departure().decided().thenApply(decided -> {
            boolean isHere = !target.isEnded();
            if (isHere) {
                target.number(ServerMessage.newBuilder()
                        .setWhisper(WhisperReceived.newBuilder()
                                .setFrom(from)
                                .setText(text)
                                .setAtMs(atMillis)));
            }
            return isHere;
        }));
    }

    /** A server asks for a player who may be here. */
    CompletionStage<Boolean> asked(List<String> words) {
        Session target = words.size() == QUESTION_WORDS ? sessions.byName(words.get(2)) : null;
        return target == null
                ? CompletableFuture.completedFuture(false)
                : tell(target, words.get(1), words.get(3), Long.parseLong(words.get(4)));
    }
}
