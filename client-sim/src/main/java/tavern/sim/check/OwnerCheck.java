package tavern.sim.check;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tavern.sim.check.BotLogs.Stay;

/**
 * Each room has one owner at a time: fences never go back, in what the store has committed and in what players were told. Bots
 * and Redis have the same clock, that of one machine.
 */
final class OwnerCheck {
    private final BotLogs logs;
    private final RealmEntries realm;
    private final Findings findings;

    OwnerCheck(BotLogs logs, RealmEntries realm, Findings findings) {
        this.logs = logs;
        this.realm = realm;
        this.findings = findings;
    }

    void run() {
        checkLedger();
        checkJoins();
        checkArchive();
    }

    private void checkLedger() {
        Map<String, TreeMap<Long, Long>> seatedAt = new HashMap<>();
        for (Stay stay : logs.stays()) {
            seatedAt.computeIfAbsent(stay.room, room -> new TreeMap<>()).merge(stay.fence, stay.atMillis, Math::min);
        }
        Map<String, Long> newest = new HashMap<>();
        long commits = 0;
        for (RealmEntries.Entry entry : realm.entries()) {
            if (entry.room().isEmpty()) {
                continue;
            }
            commits++;
            Long before = newest.put(entry.room(), entry.fence());
            if (before != null && before > entry.fence()) {
                findings.fault("a commit of an owner that was replaced", entry + " after fence " + before);
            }
            // Redis had given the newer fence before anybody could be seated under it.
            TreeMap<Long, Long> seated = seatedAt.getOrDefault(entry.room(), new TreeMap<>());
            seated.tailMap(entry.fence(), false).forEach((fence, atMillis) -> {
                if (entry.millis() > atMillis) {
                    findings.fault(
                            "a commit of an owner that was replaced",
                            entry + " after somebody was seated under fence " + fence + " at " + atMillis);
                }
            });
            if (entry.fence() > realm.newestFence(entry.room())) {
                findings.fault("a commit with a fence that nobody was given", entry.toString());
            }
        }
        findings.count("commits of rooms", commits);
    }

    private void checkJoins() {
        Map<String, List<Stay>> byRoom = new HashMap<>();
        for (Stay stay : logs.stays()) {
            byRoom.computeIfAbsent(stay.room, room -> new ArrayList<>()).add(stay);
        }
        for (List<Stay> stays : byRoom.values()) {
            stays.sort(Comparator.comparingLong(stay -> stay.askedNanos));
            List<Stay> byAnswer = new ArrayList<>(stays);
            byAnswer.sort(Comparator.comparingLong(stay -> stay.nanos));
            long newest = 0;
            int answered = 0;
            Set<Long> fences = new HashSet<>();
            for (Stay stay : stays) {
                // All that was answered before this bot asked.
                while (answered < byAnswer.size() && byAnswer.get(answered).nanos < stay.askedNanos) {
                    newest = Math.max(newest, byAnswer.get(answered++).fence);
                }
                if (stay.fence < newest) {
                    findings.fault(
                            "a room with two owners",
                            stay.bot + " was seated in " + stay.room + " under " + stay.fence
                                    + ", after others were under " + newest);
                }
                fences.add(stay.fence);
            }
            findings.count("rooms that came to a new owner", fences.size() - 1L);
        }
    }

    private void checkArchive() {
        Map<String, RealmEntries.Entry> byPosition = new HashMap<>();
        realm.entries().forEach(entry -> byPosition.put(entry.position(), entry));
        for (RealmEntries.Entry sealed : realm.archived()) {
            RealmEntries.Entry stored = byPosition.get(sealed.position());
            if (!sealed.equals(stored)) {
                findings.fault("the archive and the store differ", sealed + ", " + stored);
            }
        }
        findings.count("entries in the archive", realm.archived().size());
    }
}
