package tavern.sim.check;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tavern.sim.check.BotLogs.Heard;
import tavern.sim.check.BotLogs.Said;
import tavern.sim.check.BotLogs.Stay;

/** Each line of chat is heard once and in order by those who stayed, and only while its room has the owner it had. */
final class ChatCheck {
    private record Owned(String room, long fence) {}

    private final BotLogs logs;
    private final Findings findings;

    ChatCheck(BotLogs logs, Findings findings) {
        this.logs = logs;
        this.findings = findings;
    }

    void run() {
        Map<String, Set<String>> heardByBot = new HashMap<>();
        Map<Owned, List<Stay>> byOwner = new LinkedHashMap<>();
        for (Stay stay : logs.stays()) {
            byOwner.computeIfAbsent(new Owned(stay.room, stay.fence), owner -> new ArrayList<>())
                    .add(stay);
            checkStay(stay, heardByBot.computeIfAbsent(stay.bot, bot -> new HashSet<>()));
            findings.count("lines heard", stay.heard.size());
        }
        byOwner.forEach((owner, stays) -> checkOwner(owner, stays));
        findings.count("lines said", logs.saidCount());
        findings.count("stays in rooms", logs.stays().size());
    }

    private void checkStay(Stay stay, Set<String> everHeard) {
        long seq = 0;
        Map<String, Long> newestBySender = new HashMap<>();
        for (Heard heard : stay.heard) {
            Said said = logs.said(heard.text());
            if (said == null || !said.bot().equals(heard.from()) || !said.room().equals(stay.room)) {
                findings.fault("a line that nobody said there", stay.bot + " heard " + heard);
                continue;
            }
            if (logs.isRefused(heard.text())) {
                findings.fault("a line that was refused, and heard", stay.bot + " heard " + heard);
            }
            if (!everHeard.add(heard.text())) {
                findings.fault("a line heard twice", stay.bot + " heard " + heard);
            }
            if (heard.seq() <= seq) {
                findings.fault("lines out of order", stay.bot + " heard " + heard + " after event " + seq);
            }
            seq = heard.seq();
            Long newest = newestBySender.put(said.bot(), said.nanos());
            if (newest != null && newest > said.nanos()) {
                findings.fault("lines of one player out of order", stay.bot + " heard " + heard);
            }
        }
    }

    /** All who were in the room under this owner heard the same, as long as they stayed. */
    private void checkOwner(Owned owner, List<Stay> stays) {
        Map<Long, String> textBySeq = new HashMap<>();
        for (Stay stay : stays) {
            for (Heard heard : stay.heard) {
                String other = textBySeq.putIfAbsent(heard.seq(), heard.text());
                if (other != null && !other.equals(heard.text())) {
                    findings.fault(
                            "two lines as one event",
                            owner + ": event " + heard.seq() + " is " + heard.text() + " and " + other);
                }
            }
        }
        stays.forEach(stay -> checkWhole(stay, textBySeq));
        checkAlone(owner, textBySeq.values());
    }

    private void checkWhole(Stay stay, Map<Long, String> textBySeq) {
        Set<String> own = new HashSet<>();
        long last = 0;
        for (Heard heard : stay.heard) {
            own.add(heard.text());
            last = Math.max(last, heard.seq());
        }
        for (Map.Entry<Long, String> line : textBySeq.entrySet()) {
            Said said = logs.said(line.getValue());
            boolean wasThere = said != null && said.nanos() > stay.nanos && (stay.isWhole || line.getKey() < last);
            if (wasThere) {
                findings.count("lines that had to be heard", 1);
                if (!own.contains(line.getValue())) {
                    findings.fault("a line that somebody who stayed did not hear", stay.bot + ": " + line.getValue());
                }
            }
        }
    }

    /** What was said after somebody had been seated by a newer owner must not be published by this one. */
    private void checkAlone(Owned owner, Collection<String> texts) {
        long newerSince = Long.MAX_VALUE;
        for (Stay stay : logs.stays()) {
            if (stay.room.equals(owner.room()) && stay.fence > owner.fence()) {
                newerSince = Math.min(newerSince, stay.nanos);
            }
        }
        for (String text : texts) {
            Said said = logs.said(text);
            if (said != null && said.nanos() > newerSince) {
                findings.fault("a room with two owners", owner + " published " + text + ", said under a newer one");
            }
        }
    }
}
