package tavern.server.ops;

import static tavern.server.ops.Role.VIEWER;

import java.util.List;

/** The part of the API that the books answer, and what they are asked. */
final class BookRoutes {
    private static final Field MAX = Field.queryNumber("max", 1, Views.ROWS_MAX, "How many at most.");

    private static final String PUBLICATION =
            " Its publication is WAITING while it stands in the outbox; PUBLISHED when"
                    + " it has left that, confirmed by the broker or set aside as a dead letter; UNKNOWN when too much waits to"
                    + " tell; NONE when it is not to be published.";

    private final Trades trades;
    private final Timeline timeline;

    BookRoutes(Trades trades, Timeline timeline) {
        this.trades = trades;
        this.timeline = timeline;
    }

    List<Route> all() {
        return List.of(
                Route.get(
                        "/api/v1/trades",
                        VIEWER,
                        "Committed trades, the newest first." + PUBLICATION,
                        List.of(
                                Field.query("player", Field.Type.PLAYER, "One of the two."),
                                Field.queryNumber("item", 1, Long.MAX_VALUE, "That was handed over."),
                                Field.queryNumber("before", 1, Long.MAX_VALUE, "Go on before this entry."),
                                MAX),
                        trades::trades),
                Route.get(
                        "/api/v1/trades/{trade}",
                        VIEWER,
                        "A trade, however it ended." + PUBLICATION,
                        List.of(Field.trade()),
                        trades::trade),
                Route.get(
                        "/api/v1/items/{item}",
                        VIEWER,
                        "A unique item and how it came to its owner, the oldest first.",
                        List.of(Field.item()),
                        trades::item),
                Route.get(
                        "/api/v1/players/{player}/timeline",
                        VIEWER,
                        "What became of a player, the newest first.",
                        List.of(
                                Field.player(),
                                Field.queryNumber("before", 1, Long.MAX_VALUE, "Go on before this, in milliseconds."),
                                MAX),
                        timeline::of),
                Route.get(
                        "/api/v1/economy",
                        VIEWER,
                        "Whether players own what the ledger says, as of the last check.",
                        List.of(),
                        trades::economy));
    }
}
