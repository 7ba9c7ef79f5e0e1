package tavern.sim.oracle;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Checks the chat of one room. Every line carries a number in its text, by which it is recognised.
 *
 * <p>A line counts as published when any member received it, or when neither an error nor a lost connection explains
 * why nobody did. Each member must receive, once, each published line that was sent after the member joined and before
 * its session ended. A lost connection is no excuse, because a resume replays what was missed. The sender's own copy
 * counts too. All members must see the lines in the same order of room event numbers, and each sender's lines in the
 * order they were sent.
 */
public final class ChatOracle {
    private enum Fate {
        SENT,
        REFUSED,
        UNKNOWN
    }

    private static final class Line {
        final int sender;
        final String text;
        final long dueNanos;
        Fate fate = Fate.SENT;
        boolean seen;

        Line(int sender, String text, long dueNanos) {
            this.sender = sender;
            this.text = text;
            this.dueNanos = dueNanos;
        }
    }

    /** Numbers of room events start again with each owner of the room. */
    private record Place(long fence, long roomSeq) {}

    private static final class Ear {
        final BitSet heard = new BitSet();
        final int[] newestBySender;
        int since = Integer.MAX_VALUE;
        long fence;

        Ear(int members) {
            newestBySender = new int[members];
            Arrays.fill(newestBySender, -1);
        }
    }

    private final String run;
    private final String[] names;
    private final Tally tally;
    private final List<Line> lines = new ArrayList<>();
    private final Ear[] ears;
    private final Map<Place, Integer> lineByPlace = new HashMap<>();

    /** @param run the prefix of each line, which tells lines of other runs apart */
    public ChatOracle(String run, List<String> names, Tally tally) {
        this.run = run + " ";
        this.names = names.toArray(new String[0]);
        this.tally = tally;
        ears = new Ear[this.names.length];
        Arrays.setAll(ears, i -> new Ear(this.names.length));
    }

    /**
     * The member is in the room from now on, with a new session.
     *
     * @param fence the fencing token of the room's owner
     */
    public void joined(int member, long fence) {
        ears[member].since = lines.size();
        ears[member].fence = fence;
    }

    /** The member's session ended: it is excused from lines that it has not received by now. */
    public void sessionLost(int member) {
        close(ears[member], true);
    }

    /**
     * A member is about to chat.
     *
     * @return the text to send
     */
    public String sent(int member, long dueNanos) {
        String text = run + lines.size() + " from " + names[member];
        lines.add(new Line(member, text, dueNanos));
        tally.add(Count.CHAT_SENT);
        return text;
    }

    public void refused(String text) {
        lines.get(numberIn(text)).fate = Fate.REFUSED;
        tally.add(Count.CHAT_REFUSED);
    }

    public void unknown(String text) {
        lines.get(numberIn(text)).fate = Fate.UNKNOWN;
        tally.add(Count.CHAT_UNKNOWN);
    }

    /**
     * A member received a line.
     *
     * @return nanoseconds since the line was due, or -1 when it is not to be measured
     */
    public long heard(int member, String sender, String text, long roomSeq, long nowNanos) {
        int number = numberIn(text);
        if (number < 0 || number >= lines.size() || !lines.get(number).text.equals(text)) {
            if (Arrays.asList(names).contains(sender)) {
                tally.fault(Count.CHAT_FORGED, "as " + sender + ": " + text);
            } else {
                tally.add(Count.FOREIGN);
            }
            return -1;
        }
        Line line = lines.get(number);
        if (!names[line.sender].equals(sender) || line.fate == Fate.REFUSED) {
            tally.fault(Count.CHAT_FORGED, "as " + sender + ", who did not publish it: " + text);
            return -1;
        }
        line.seen = true;
        return place(ears[member], line, number, roomSeq) ? nowNanos - line.dueNanos : -1;
    }

    private boolean place(Ear ear, Line line, int number, long roomSeq) {
        if (ear.heard.get(number)) {
            tally.fault(Count.CHAT_DUPLICATED, line.text);
            return false;
        }
        ear.heard.set(number);
        Integer first = lineByPlace.putIfAbsent(new Place(ear.fence, roomSeq), number);
        if ((first != null && first != number) || number < ear.newestBySender[line.sender]) {
            tally.fault(Count.CHAT_REORDERED, line.text + " as room event " + roomSeq);
        }
        ear.newestBySender[line.sender] = Math.max(number, ear.newestBySender[line.sender]);
        return true;
    }

    /** Whether every member has received all lines known to have been published. */
    public boolean isQuiet() {
        for (int number = 0; number < lines.size(); number++) {
            if (lines.get(number).fate == Fate.SENT || lines.get(number).seen) {
                for (Ear ear : ears) {
                    if (number >= ear.since && !ear.heard.get(number)) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    /** Counts what is left at the end of the run. */
    public void finish() {
        for (Ear ear : ears) {
            close(ear, false);
        }
    }

    private void close(Ear ear, boolean excused) {
        for (int number = ear.since; number < lines.size(); number++) {
            Line line = lines.get(number);
            if (ear.heard.get(number)) {
                tally.add(Count.CHAT_EXPECTED);
                tally.add(Count.CHAT_DELIVERED);
            } else if (!excused && (line.seen || line.fate == Fate.SENT)) {
                tally.add(Count.CHAT_EXPECTED);
                tally.fault(Count.CHAT_LOST, line.text);
            }
        }
        ear.since = Integer.MAX_VALUE;
    }

    private int numberIn(String text) {
        int end = text.indexOf(' ', run.length());
        if (!text.startsWith(run) || end < 0 || end - run.length() > 9) {
            return -1;
        }
        try {
            return Integer.parseInt(text, run.length(), end, 10);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
