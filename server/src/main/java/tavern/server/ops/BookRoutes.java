package tavern.server.ops;

import static tavern.server.operators.Right.SEE;

import java.util.List;

/** The routes that are answered from the books, and their parameters. */
final class BookRoutes {
    private static final Field MAX = Field.queryNumber("max", 1, Views.ROWS_MAX, "How many at most.");

    private static final String PUBLICATION =
            " Its publication is WAITING while it stands in the outbox; PUBLISHED when"
                    + " it has left that, confirmed by the broker or set aside as a dead letter; UNKNOWN when too much waits to"
                    + " tell; NONE when it is not to be published.";

    private final TradeViews trades;
    private final PlayerTimeline timeline;
    private final ArchiveViews archive;

    BookRoutes(TradeViews trades, PlayerTimeline timeline, ArchiveViews archive) {
        this.trades = trades;
        this.timeline = timeline;
        this.archive = archive;
    }

    List<Route> all() {
        return List.of(
                Route.get(
                        "/api/v1/trades",
                        SEE,
                        "Committed trades, the newest first." + PUBLICATION,
                        List.of(
                                Field.query("player", Field.Type.PLAYER, "One of the two parties."),
                                Field.queryNumber("item", 1, Long.MAX_VALUE, "An item that was handed over."),
                                Field.queryNumber("before", 1, Long.MAX_VALUE, "Continue before this entry."),
                                MAX),
                        trades::trades),
                Route.get(
                        "/api/v1/trades/{trade}",
                        SEE,
                        "A trade with any outcome." + PUBLICATION,
                        List.of(Field.trade()),
                        trades::trade),
                Route.get(
                        "/api/v1/items/{item}",
                        SEE,
                        "A unique item and how it came to its owner, the oldest first.",
                        List.of(Field.item()),
                        trades::item),
                Route.get(
                        "/api/v1/players/{player}/timeline",
                        SEE,
                        "A player's history, the newest first.",
                        List.of(
                                Field.player(),
                                Field.queryNumber(
                                        "before", 1, Long.MAX_VALUE, "Continue before this moment, in milliseconds."),
                                MAX),
                        timeline::of),
                Route.get(
                        "/api/v1/archive",
                        SEE,
                        "Entries of the ledger that are in the archive, the newest first. The archive is searched for two"
                                + " seconds with each request; next says where it goes on, and is missing at the end.",
                        List.of(
                                Field.query("player", Field.Type.PLAYER, "One of the parties."),
                                Field.queryNumber("item", 1, Long.MAX_VALUE, "An item that was moved."),
                                Field.query("trade", Field.Type.TRADE, "A trade's id: <proposer>-<uuid>."),
                                Field.queryNumber(
                                        "segment",
                                        0,
                                        Long.MAX_VALUE,
                                        "Continue in this segment: next of the last page."),
                                Field.queryNumber("skip", 0, Integer.MAX_VALUE / 2, "next of the last page."),
                                MAX),
                        archive::find),
                Route.get(
                        "/api/v1/economy",
                        SEE,
                        "Whether players own what the ledger says, as of the last check.",
                        List.of(),
                        trades::economy));
    }
}
