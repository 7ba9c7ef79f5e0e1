package tavern.server.ops;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.CompletionStage;
import tavern.game.PlayerId;
import tavern.server.books.BookEntry;
import tavern.server.books.BookedCommand;
import tavern.server.books.Books;
import tavern.server.operators.Right;
import tavern.server.session.Journal;
import tavern.server.store.PlayerRecord;

/** A player's history: events from the journal of sessions, the ledger and the audit log in one sequence. */
final class PlayerTimeline {
    private static final int ROWS = 100;
    private static final String ORDER = "ORDER";
    private static final String WHISPER = Journal.What.WHISPER.name();

    private final OpsServices services;
    private final Books books;

    PlayerTimeline(OpsServices services, Books books) {
        this.services = services;
        this.books = books;
    }

    /**
     * @param room empty for none
     * @param reference of a trade or grant, or the number in the audit log; otherwise empty
     */
    record Event(long atMillis, String what, String room, String text, String reference) {}

    /**
     * @param next milliseconds, to pass as {@code before}; 0 if there are no more
     * @param hidden how many events of this time were left out, or shown without their text, because of the token's
     *     role
     * @param archived whether older entries of the ledger are in the archive
     */
    record Events(List<Event> events, long next, long hidden, boolean archived) {
        /** Operators' commands require the same right as the audit log, and so do whispers. */
        Events asSeenBy(Set<Right> rights) {
            if (rights.contains(Right.SEE_PRIVATE)) {
                return this;
            }
            List<Event> seen = new ArrayList<>();
            int kept = 0;
            for (Event event : events) {
                if (event.what().equals(WHISPER)) {
                    seen.add(new Event(event.atMillis(), WHISPER, event.room(), "", event.reference()));
                } else if (!event.what().equals(ORDER)) {
                    seen.add(event);
                    kept++;
                }
            }
            return new Events(List.copyOf(seen), next, events.size() - kept, archived);
        }
    }

    CompletionStage<?> of(ApiRequest call) {
        String player = call.text("player");
        long before = call.number("before", Long.MAX_VALUE);
        int max = (int) call.number("max", ROWS);
        return AnswerTimeout.bounded(services.store().accounts().findPlayer(player))
                .thenApply(found -> found.map(PlayerRecord::player).orElseThrow(TradeViews::noSuchPlayer))
                .thenCompose(known -> AnswerTimeout.bounded(written(known.id(), player, before, max + 1)))
                .thenApply(written -> {
                    List<Event> events = written.events();
                    for (Journal.Event event : services.sessions().journal().of(player)) {
                        if (event.atMillis() < before) {
                            events.add(event(event));
                        }
                    }
                    return newest(events, max, written.archived())
                            .asSeenBy(call.operator().rights());
                });
    }

    private record Written(List<Event> events, boolean archived) {}

    private CompletionStage<Written> written(PlayerId id, String name, long before, int max) {
        return books.ask(queries -> {
            List<Event> events = new ArrayList<>();
            queries.entriesOf(id, before, max).forEach(entry -> events.add(event(entry, name)));
            queries.deeds(name, before, max).forEach(deed -> events.add(event(deed)));
            return new Written(events, queries.isArchived());
        });
    }

    private static Event event(BookEntry entry, String player) {
        String gave = entry.given(player).words();
        String got = entry.received(player).words();
        SortedSet<String> partners = entry.partnersOf(player);
        String what = entry.isTrade()
                ? "TRADE"
                : !partners.isEmpty() ? "TRANSFER" : got.equals("nothing") ? "REVOKE" : "GRANT";
        String text = switch (what) {
            case "TRADE", "TRANSFER" -> "gave " + gave + ", got " + got + ", with " + String.join(", ", partners);
            case "REVOKE" -> gave + " taken back";
            default -> "got " + got + (gave.equals("nothing") ? "" : ", " + gave + " taken back");
        };
        return new Event(entry.atMillis(), what, entry.room(), text, entry.reference());
    }

    private static Event event(BookedCommand deed) {
        return new Event(deed.atMillis(), ORDER, "", deed.text(), Long.toString(deed.seq()));
    }

    private static Event event(Journal.Event event) {
        return new Event(event.atMillis(), event.what().name(), event.room(), event.text(), "");
    }

    /** Keeps all events of one moment on one page, because the next page begins before that moment. */
    private static Events newest(List<Event> events, int max, boolean archived) {
        events.sort(Comparator.comparingLong(Event::atMillis).reversed());
        int shown = Math.min(max, events.size());
        while (shown > 0
                && shown < events.size()
                && events.get(shown).atMillis() == events.get(shown - 1).atMillis()) {
            shown++;
        }
        long next = shown < events.size() ? events.get(shown - 1).atMillis() : 0;
        return new Events(List.copyOf(events.subList(0, shown)), next, 0, next == 0 && archived);
    }
}
