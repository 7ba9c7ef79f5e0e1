package tavern.engine;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import java.util.TreeMap;
import tavern.engine.kept.KeptPlayer;
import tavern.engine.kept.KeptRequest;
import tavern.engine.kept.KeptRoom;
import tavern.engine.kept.KeptSender;
import tavern.engine.kept.KeptSignal;
import tavern.engine.kept.KeptTimer;
import tavern.game.PlayerId;
import tavern.game.RoomId;

/** What one turn changes of what is kept of a room, besides the game's own state. */
final class KeptDraft {
    /** A room that sends no more than 1024 signals a millisecond never catches up with the date. */
    private static final int SIGNALS_A_MILLISECOND_BITS = 10;

    private final RoomState base;
    private final KeptRoom.Builder kept;
    private Present present;
    private boolean isChanged;

    KeptDraft(RoomState base) {
        this.base = base;
        this.kept = base.kept().toBuilder();
        this.present = base.present();
    }

    Present present() {
        return present;
    }

    /**
     * Whatever the game's first state is, it has to be kept.
     *
     * <p>Signals are numbered from the date on: other rooms remember the newest of a room that was forgotten, and must not
     * take those of the new one for them.
     */
    void begin(KeptOptions options, long nowMillis) {
        isChanged = true;
        kept.setUnlisted(options.unlisted())
                .putAllMetadata(new TreeMap<>(options.metadata()))
                .setLastSignal(nowMillis << SIGNALS_A_MILLISECOND_BITS);
    }

    void comes(Present.Member member) {
        isChanged = true;
        present = present.with(member);
        kept.addPresent(KeptPlayer.newBuilder()
                .setId(member.player().id().value())
                .setName(member.player().name()));
    }

    void goes(PlayerId who) {
        isChanged = true;
        present = present.without(who);
        for (int i = 0; i < kept.getPresentCount(); i++) {
            if (kept.getPresent(i).getId() == who.value()) {
                kept.removePresent(i);
                return;
            }
        }
    }

    void remember(PlayerId who, long request) {
        isChanged = true;
        for (int i = 0; i < kept.getRequestsCount(); i++) {
            if (kept.getRequests(i).getPlayer() == who.value()) {
                kept.removeRequests(i);
                break;
            }
        }
        if (kept.getRequestsCount() >= EngineLimits.REQUESTS_MAX) {
            kept.removeRequests(0);
        }
        kept.addRequests(KeptRequest.newBuilder().setPlayer(who.value()).setRequest(request));
    }

    void remember(RoomId from, long signal) {
        isChanged = true;
        for (int i = 0; i < kept.getSendersCount(); i++) {
            if (kept.getSenders(i).getRoom().equals(from.name())) {
                kept.removeSenders(i);
                break;
            }
        }
        if (kept.getSendersCount() >= EngineLimits.SENDERS_MAX) {
            kept.removeSenders(0);
        }
        kept.addSenders(KeptSender.newBuilder().setRoom(from.name()).setNumber(signal));
    }

    void set(String timer, long atMillis) {
        if (timer.isEmpty() || timer.length() > EngineLimits.TIMER_CHARACTERS_MAX) {
            throw new IllegalArgumentException("the name of a timer has 1 to " + EngineLimits.TIMER_CHARACTERS_MAX
                    + " characters, not " + timer.length());
        }
        stop(timer);
        Bounds.require("timers in a room", kept.getTimersCount() + 1, EngineLimits.TIMERS_MAX);
        isChanged = true;
        kept.addTimers(KeptTimer.newBuilder().setName(timer).setAtMs(atMillis));
    }

    void stop(String timer) {
        for (int i = 0; i < kept.getTimersCount(); i++) {
            if (kept.getTimers(i).getName().equals(timer)) {
                isChanged = true;
                kept.removeTimers(i);
                return;
            }
        }
    }

    /** Returns the signal's number. */
    long send(RoomId to, ByteString what) {
        Bounds.require("signals under way", kept.getSignalsCount() + 1, EngineLimits.SIGNALS_MAX);
        long bytes = what.size();
        for (KeptSignal signal : kept.getSignalsList()) {
            bytes += signal.getWhat().size();
        }
        Bounds.require("bytes of signals under way", bytes, EngineLimits.SIGNAL_BYTES_MAX);
        isChanged = true;
        long number = kept.getLastSignal() + 1;
        kept.setLastSignal(number);
        kept.addSignals(
                KeptSignal.newBuilder().setNumber(number).setTo(to.name()).setWhat(what));
        return number;
    }

    void arrived(long signal) {
        for (int i = 0; i < kept.getSignalsCount(); i++) {
            if (kept.getSignals(i).getNumber() == signal) {
                isChanged = true;
                kept.removeSignals(i);
                return;
            }
        }
    }

    /** Returns the room after the turn; {@code base} itself if it is the same but for the time. */
    RoomState end(MessageLite game, long random, long nowMillis, int stateBytesMax) {
        ByteString state = base.kept().getState();
        if (game != base.game()) {
            Bounds.require("bytes of state", game.getSerializedSize(), stateBytesMax);
            state = game.toByteString();
        }
        if (!isChanged
                && random == base.kept().getRandom()
                && state.equals(base.kept().getState())) {
            return base;
        }
        KeptRoom next =
                kept.setState(state).setRandom(random).setNowMs(nowMillis).build();
        Bounds.require("bytes kept of a room", next.getSerializedSize(), EngineLimits.KEPT_BYTES_MAX);
        return new RoomState(game, next, present);
    }
}
