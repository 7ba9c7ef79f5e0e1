package tavern.engine;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import tavern.engine.kept.KeptCall;
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
    /** A room that sends no more than 1024 signals a millisecond never catches up with the date; and calls likewise. */
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
        int place = find(kept.getPresentList(), member -> member.getId() == who.value());
        if (place >= 0) {
            kept.removePresent(place);
        }
    }

    void remember(PlayerId who, long request) {
        isChanged = true;
        KeptRequest newest = KeptRequest.newBuilder()
                .setPlayer(who.value())
                .setRequest(request)
                .build();
        List<KeptRequest> requests = newest(
                kept.getRequestsList(), other -> other.getPlayer() == who.value(), newest, EngineLimits.REQUESTS_MAX);
        kept.clearRequests().addAllRequests(requests);
    }

    void remember(RoomId from, long signal) {
        isChanged = true;
        KeptSender newest =
                KeptSender.newBuilder().setRoom(from.name()).setNumber(signal).build();
        List<KeptSender> senders = newest(
                kept.getSendersList(), other -> other.getRoom().equals(from.name()), newest, EngineLimits.SENDERS_MAX);
        kept.clearSenders().addAllSenders(senders);
    }

    /** Returns the list with the newest at its end instead of the same one before it, and without the oldest if it is full. */
    private static <T> List<T> newest(List<T> before, Predicate<T> isSame, T newest, int max) {
        List<T> list = new ArrayList<>(before);
        int place = find(list, isSame);
        if (place < 0 && list.size() >= max) {
            place = 0;
        }
        if (place >= 0) {
            list.remove(place);
        }
        list.add(newest);
        return list;
    }

    /** Returns where it is; -1 for nowhere. */
    private static <T> int find(List<T> list, Predicate<T> which) {
        for (int i = 0; i < list.size(); i++) {
            if (which.test(list.get(i))) {
                return i;
            }
        }
        return -1;
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
        int place = find(kept.getTimersList(), other -> other.getName().equals(timer));
        if (place >= 0) {
            isChanged = true;
            kept.removeTimers(place);
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
        int place = find(kept.getSignalsList(), other -> other.getNumber() == signal);
        if (place >= 0) {
            isChanged = true;
            kept.removeSignals(place);
        }
    }

    /**
     * Returns the call's number. It depends on the date also when the room is not new: after a backup was restored, services
     * still know the calls that the room has made since.
     */
    long call(String service, String call, ByteString request, long nowMillis) {
        Bounds.require("calls under way", kept.getCallsCount() + 1, EngineLimits.CALLS_MAX);
        long bytes = request.size();
        for (KeptCall other : kept.getCallsList()) {
            bytes += other.getRequest().size();
        }
        Bounds.require("bytes of calls under way", bytes, EngineLimits.CALL_BYTES_MAX);
        isChanged = true;
        long number = Math.max(kept.getLastCall() + 1, nowMillis << SIGNALS_A_MILLISECOND_BITS);
        kept.setLastCall(number);
        kept.addCalls(KeptCall.newBuilder()
                .setNumber(number)
                .setService(service)
                .setCall(call)
                .setRequest(request));
        return number;
    }

    void answered(long call) {
        int place = find(kept.getCallsList(), other -> other.getNumber() == call);
        if (place >= 0) {
            isChanged = true;
            kept.removeCalls(place);
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
