package tavern.server.ops;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletionStage;
import tavern.server.game.PlayerId;
import tavern.server.ops.books.BookDeed;
import tavern.server.ops.books.BookEntry;
import tavern.server.ops.books.Books;
import tavern.server.session.Journal;
import tavern.server.store.PlayerRecord;

/** What became of a player: from the journal of sessions, the ledger and the audit log, in one row. */
final class Timeline {
    private static final int ROWS = 100;
    private static final String ORDER = "ORDER";
    private static final String WHISPER = Journal.What.WHISPER.name();

    private final OpsServices services;
    private final Books books;

    Timeline(OpsServices services, Books books) {
        this.services = services;
        this.books = books;
    }

    /** @param room empty: none @param reference of a trade or grant, or the number in the audit log; else empty */
    record Event(long atMillis, String what, String room, String text, String reference) {}

    /** @param next milliseconds, to pass as {@code before}; 0: there are no more */
    record Events(List<Event> events, long next) {}

    CompletionStage<?> of(Call call) {
        String player = call.text("player");
        long before = call.number("before", Long.MAX_VALUE);
        int max = (int) call.number("max", ROWS);
        return Asked.bounded(services.store().findPlayer(player))
                .thenApply(found -> found.map(PlayerRecord::player).orElseThrow(Trades::noSuchPlayer))
                .thenCompose(known -> Asked.bounded(written(known.id(), player, before, max + 1)))
                .thenApply(events -> {
                    for (Journal.Event event : services.sessions().journal().of(player)) {
                        if (event.atMillis() < before) {
                            events.add(event(event));
                        }
                    }
                    return newest(asSeenBy(call.operator().role(), events), max);
                });
    }

    /** What operators did takes the same role as the audit log, and so does what players whispered. */
    private static List<Event> asSeenBy(Role role, List<Event> events) {
        if (role.includes(Role.MODERATOR)) {
            return events;
        }
        List<Event> seen = new ArrayList<>();
        for (Event event : events) {
            if (event.what().equals(WHISPER)) {
                seen.add(new Event(event.atMillis(), WHISPER, event.room(), "", event.reference()));
            } else if (!event.what().equals(ORDER)) {
                seen.add(event);
            }
        }
        return seen;
    }

    private CompletionStage<List<Event>> written(PlayerId id, String name, long before, int max) {
        return books.ask(asked -> {
            List<Event> events = new ArrayList<>();
            asked.entriesOf(id, before, max).forEach(entry -> events.add(event(entry, name)));
            asked.deeds(name, before, max).forEach(deed -> events.add(event(deed)));
            return events;
        });
    }

    private static Event event(BookEntry entry, String player) {
        boolean first = entry.account().equals(player);
        String gave = (first ? entry.gave() : entry.got()).words();
        String got = (first ? entry.got() : entry.gave()).words();
        String what = entry.isTrade() ? "TRADE" : got.equals("nothing") ? "REVOKE" : "GRANT";
        String text = switch (what) {
            case "TRADE" -> "gave " + gave + ", got " + got + ", with " + (first ? entry.other() : entry.account());
            case "REVOKE" -> gave + " taken back";
            default -> "got " + got + (gave.equals("nothing") ? "" : ", " + gave + " taken back");
        };
        return new Event(entry.atMillis(), what, entry.room(), text, entry.reference());
    }

    private static Event event(BookDeed deed) {
        return new Event(deed.atMillis(), ORDER, "", deed.text(), Long.toString(deed.seq()));
    }

    private static Event event(Journal.Event event) {
        return new Event(event.atMillis(), event.what().name(), event.room(), event.text(), "");
    }

    /** All of one moment stay on one page: the next begins before it. */
    private static Events newest(List<Event> events, int max) {
        events.sort(Comparator.comparingLong(Event::atMillis).reversed());
        int shown = Math.min(max, events.size());
        while (shown > 0
                && shown < events.size()
                && events.get(shown).atMillis() == events.get(shown - 1).atMillis()) {
            shown++;
        }
        long next = shown < events.size() ? events.get(shown - 1).atMillis() : 0;
        return new Events(List.copyOf(events.subList(0, shown)), next);
    }
}
