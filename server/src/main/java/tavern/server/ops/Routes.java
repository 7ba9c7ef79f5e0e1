package tavern.server.ops;

import static tavern.server.operators.Right.ANNOUNCE;
import static tavern.server.operators.Right.FREEZES;
import static tavern.server.operators.Right.GOODS;
import static tavern.server.operators.Right.PLAYERS;
import static tavern.server.operators.Right.ROOMS;
import static tavern.server.operators.Right.SEE;
import static tavern.server.operators.Right.SEE_PRIVATE;
import static tavern.server.operators.Right.SERVERS;
import static tavern.server.operators.Right.SETTINGS;
import static tavern.server.ops.Field.Type.ITEMS;
import static tavern.server.ops.Field.Type.KINDS;
import static tavern.server.ops.Field.Type.ROOM;
import static tavern.server.ops.Field.Type.STACKS;
import static tavern.server.ops.Field.Type.TEXT;

import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import tavern.server.books.Books;
import tavern.server.operators.Right;
import tavern.server.operators.Roles;
import tavern.server.session.Freeze;

/** The whole API, one line for each route. */
final class Routes {
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final Field REASON = Field.text("reason", "The reason, for the audit log; not shown to players.");
    private static final Field SECONDS = Field.seconds("seconds", "How long. Either this or forever is required.");
    private static final Field FOREVER = Field.flag("forever", "Until it is lifted, instead of seconds.");
    private static final Field NODE = Field.text("node", "The id of the other server.");
    private static final Field VERSION = Field.text("version", "As in the list of the realm's servers.");
    private static final Field PERCENT =
            new Field("percent", Field.In.BODY, Field.Type.NUMBER, true, 0, 100, List.of(), "Of new rooms, 0 to 100.");
    private static final Field SAYING = Field.text("text", "The text that players read.");
    private static final Field KEY = Field.text("key", "Makes the command take effect once, however often it is sent.");
    private static final Field MAX = Field.queryNumber("max", 1, Views.ROWS_MAX, "How many at most.");
    private static final Field AFTER_NUMBER =
            Field.queryNumber("after", 0, Long.MAX_VALUE, "Continue after this number.");
    private static final Field WHAT = Field.choice("what", Freeze.What.class, "What stops.");
    private static final Field SCOPE = Field.choice("scope", Freeze.Scope.class, "For whom.");
    private static final Field TARGET =
            Field.text("target", "The room's or the player's name.").optional();
    private static final Field MESSAGE =
            Field.text("message", "Shown to the player, unlike the reason.").optional();
    private static final Field CREATE =
            Field.flag("create", "Accept a room or a player that never existed; otherwise 404.");
    private static final Field CONFIRM = Field.choices(
            "confirm",
            List.of(GoodsCommands.LARGE_AMOUNT, GoodsCommands.NEW_KIND),
            "What to do although it looks like a mistake.");
    private static final Field REPLACES =
            Field.ifMatch("The current version, to replace it; without it, nothing is replaced.");
    private static final Field LIFTS = Field.ifMatch("The version to be lifted; without it, the current one.");
    private static final Field STACKS_OF = Field.goods("stacks", STACKS, "Counts by kind.");

    private final OpsServices services;
    private final Views views;
    private final KindCatalogue kinds;
    private final OperatorCommands actions;
    private final SanctionCommands sanctions;
    private final GoodsCommands goods;
    private final FreezeCommands freezes;
    private final AuditedCommands audited;
    private final Health health;
    private final Sampler sampler;
    private final Streams streams;
    private final FeedViews feed;
    private final BookRoutes books;
    private final AuditWatch auditWatch;
    private final PlayerDataCommands playerData;
    private final Roles roles;
    private final OperatorAdministration operators;
    private final AccountRoutes account;

    Routes(
            OpsServices services,
            OpsSettings settings,
            Books books,
            AuditedCommands audited,
            AuditWatch auditWatch,
            Health health,
            Sampler sampler,
            Streams streams,
            PlayerDataCommands playerData,
            OperatorServices operators,
            OperatorTokens tokens) {
        this.services = services;
        this.views = new Views(services);
        this.kinds = new KindCatalogue(books, services.game());
        this.actions = new OperatorCommands(services);
        this.sanctions = new SanctionCommands(services);
        this.goods = new GoodsCommands(services, kinds, books, settings.grantMax());
        this.freezes = new FreezeCommands(services);
        this.audited = audited;
        this.auditWatch = auditWatch;
        this.health = health;
        this.sampler = sampler;
        this.streams = streams;
        this.feed = new FeedViews(services, sampler);
        this.playerData = playerData;
        this.roles = settings.operators().roles();
        this.operators = new OperatorAdministration(operators, audited, tokens);
        this.account = new AccountRoutes(operators, audited, services.realm());
        this.books = new BookRoutes(
                new TradeViews(services, books),
                new PlayerTimeline(services, books),
                new ArchiveViews(services, books));
    }

    List<Route> all() {
        List<Route> routes = new ArrayList<>(seen());
        routes.addAll(books.all());
        routes.addAll(done());
        routes.addAll(feed.routes(audited, MAX, REASON));
        routes.addAll(new BackupCommands(services).routes(audited, REASON));
        routes.addAll(new GameCommands(services, sampler.turns()).routes(audited, REASON));
        routes.addAll(new GameViews(services).routes(audited, MAX));
        routes.addAll(new LeaderboardViews(services).routes(MAX));
        routes.addAll(new RealmViews(services).routes(MAX));
        routes.addAll(playerData.routes(audited, REASON));
        routes.addAll(operators.routes(REASON, SECONDS, FOREVER));
        routes.addAll(account.routes());
        String description = OpenApi.describe(withItself(routes), roles, services.version());
        routes.add(openApi(description));
        return List.copyOf(routes);
    }

    private List<Route> withItself(List<Route> routes) {
        List<Route> all = new ArrayList<>(routes);
        all.add(openApi(""));
        return all;
    }

    private static Route openApi(String description) {
        return Route.direct(
                "/api/v1/openapi.json",
                null,
                false,
                "This description.",
                List.of(),
                (context, call) -> context.contentType("application/json").result(description));
    }

    private List<Route> seen() {
        return List.of(
                Route.direct(
                        "/healthz",
                        null,
                        false,
                        "503 when a thread that serves players makes no progress.",
                        List.of(),
                        this::alive),
                Route.direct(
                        "/readyz",
                        null,
                        false,
                        "503 when players should be sent to another server.",
                        List.of(),
                        this::ready),
                Route.direct(
                        "/metrics",
                        SEE,
                        true,
                        "For Prometheus.",
                        List.of(),
                        (context, call) -> context.contentType(PROMETHEUS_TEXT)
                                .result(services.metrics().scrape(PROMETHEUS_TEXT))),
                Route.get("/api/v1/overview", SEE, "The server now.", List.of(), call -> ok(sampler.newest())),
                Route.get(
                        "/api/v1/rooms",
                        SEE,
                        "Open rooms by name.",
                        List.of(
                                Field.query("prefix", TEXT, "The beginning of the names."),
                                Field.query("after", TEXT, "Continue after this name."),
                                MAX),
                        views::rooms),
                Route.get(
                        "/api/v1/rooms/{room}",
                        SEE,
                        "The state of a room, as reported by its own thread.",
                        List.of(Field.room()),
                        views::room),
                Route.get(
                        "/api/v1/players",
                        SEE,
                        "Players on this server whose name contains the query, and the player with exactly that name.",
                        List.of(Field.query("query", TEXT, "Part of a name."), MAX),
                        views::players),
                Route.get("/api/v1/players/{player}", SEE, "A player.", List.of(Field.player()), views::player),
                Route.get(
                        "/api/v1/outbox",
                        SEE,
                        "Trades that are not yet published.",
                        List.of(AFTER_NUMBER, MAX),
                        views::outbox),
                Route.get("/api/v1/nodes", SEE, "Servers and their leases.", List.of(), views::nodes),
                Route.get(
                        "/api/v1/freezes",
                        SEE,
                        "The freezes in force.",
                        List.of(),
                        call -> ok(
                                Map.of("freezes", services.sessions().freezes().all()))),
                Route.get("/api/v1/kinds", SEE, "The existing kinds of goods.", List.of(), call -> kinds.known()),
                Route.get(
                        "/api/v1/config",
                        SETTINGS,
                        "Settings in force, secrets masked.",
                        List.of(),
                        call -> ok(services.inForce())),
                Route.get(
                        "/api/v1/audit",
                        SEE_PRIVATE,
                        "What operators did, oldest first; without after: the newest. An order is two entries: BEGUN, and ENDED with what came"
                                + " of it, which names the first as \"of\"; one that was refused at once is a single entry.",
                        List.of(AFTER_NUMBER, MAX),
                        views::audit),
                Route.get(
                        "/api/v1/audit/anchors",
                        SEE_PRIVATE,
                        "The newest entries of the audit log that are recorded outside it.",
                        List.of(),
                        call -> ok(Map.of("anchors", auditWatch.anchors()))),
                Route.direct(
                        "/api/v1/stream",
                        SEE,
                        false,
                        "Server-sent events: overview once a second, room five times.",
                        List.of(Field.query("room", ROOM, "The room to watch.")),
                        streams::open));
    }

    private List<Route> done() {
        return List.of(
                player("kick", PLAYERS, "Ends the player's session.", actions::kick, MESSAGE),
                player("mute", PLAYERS, "No chat, no whispers.", sanctions::mute, SECONDS, FOREVER, MESSAGE, REPLACES),
                player("unmute", PLAYERS, "Chat again.", sanctions::unmute, LIFTS),
                player(
                        "ban",
                        PLAYERS,
                        "Disconnects the player and refuses logins.",
                        sanctions::ban,
                        SECONDS,
                        FOREVER,
                        MESSAGE,
                        REPLACES),
                player("unban", PLAYERS, "Permits logins again.", sanctions::unban, LIFTS),
                player("whisper", PLAYERS, "Sends a text to this player only.", actions::whisper, SAYING),
                player(
                        "move",
                        PLAYERS,
                        "Moves the player to another room.",
                        actions::move,
                        Field.bodyRoom("to", "The destination."),
                        CREATE),
                player(
                        "grant",
                        GOODS,
                        "Creates goods, as an entry in the ledger.",
                        goods::grant,
                        KEY,
                        STACKS_OF,
                        Field.goods("items", KINDS, "Kinds of unique items to make."),
                        CONFIRM),
                player(
                        "revoke",
                        GOODS,
                        "Takes goods back.",
                        goods::revoke,
                        KEY,
                        STACKS_OF,
                        Field.goods("items", ITEMS, "Ids of unique items.")),
                Route.post(
                        "/api/v1/rooms/{room}/announce",
                        ANNOUNCE,
                        "Sends a text to everybody in the room.",
                        List.of(Field.room(), REASON, SAYING),
                        audited.order("announce", "room", actions::announceInRoom)),
                Route.post(
                        "/api/v1/rooms/{room}/close",
                        ROOMS,
                        "Closes the room; trades in progress end first.",
                        List.of(Field.room(), REASON),
                        audited.order("close", "room", actions::closeRoom)),
                Route.post(
                        "/api/v1/rooms/{room}/move",
                        ROOMS,
                        "Moves the room to another server of the realm, with its players.",
                        List.of(Field.room(), REASON, NODE),
                        audited.order("move-room", "room", actions::moveRoom)),
                Route.post(
                        "/api/v1/announce",
                        ANNOUNCE,
                        "Sends a text to everybody in the realm.",
                        List.of(REASON, SAYING),
                        audited.order("announce", "", actions::announce)),
                Route.post(
                        "/api/v1/freezes",
                        FREEZES,
                        "Stops trades, chat or joins.",
                        List.of(REASON, WHAT, SCOPE, TARGET, CREATE, REPLACES),
                        audited.order("freeze", "target", freezes::freeze)),
                Route.post(
                        "/api/v1/freezes/lift",
                        FREEZES,
                        "Permits them again.",
                        List.of(REASON, WHAT, SCOPE, TARGET, LIFTS),
                        audited.order("unfreeze", "target", freezes::unfreeze)),
                Route.post(
                        "/api/v1/drain",
                        SERVERS,
                        "Moves rooms and players to the realm's other servers, if there are any; then accepts no more players, and"
                                + " rooms end their trades and close.",
                        List.of(REASON),
                        audited.order("drain", "", actions::drain)),
                Route.post(
                        "/api/v1/drain/undo",
                        SERVERS,
                        "Takes a drain back, as long as rooms and players are still moving.",
                        List.of(REASON),
                        audited.order("undrain", "", actions::undoDrain)),
                Route.post(
                        "/api/v1/realm/canary",
                        SERVERS,
                        "Gives a share of the realm's new rooms to servers of one version, and no others.",
                        List.of(REASON, VERSION, PERCENT),
                        audited.order("canary", "", actions::canary)),
                Route.post(
                        "/api/v1/realm/canary/end",
                        SERVERS,
                        "Lets new rooms go to servers of all versions again.",
                        List.of(REASON),
                        audited.order("end-canary", "", actions::endCanary)));
    }

    private Route player(
            String action,
            Right right,
            String summary,
            Function<ApiRequest, CompletionStage<PreparedCommand>> order,
            Field... fields) {
        List<Field> all = new ArrayList<>(List.of(Field.player(), REASON));
        all.addAll(List.of(fields));
        return Route.post(
                "/api/v1/players/{player}/" + action, right, summary, all, audited.order(action, "player", order));
    }

    private void alive(Context context, ApiRequest call) {
        boolean alive = health.isAlive();
        context.status(alive ? 200 : 503).contentType("application/json").result(Json.write(Map.of("up", alive)));
    }

    private void ready(Context context, ApiRequest call) {
        boolean ready = health.isReady();
        context.status(ready ? 200 : 503)
                .contentType("application/json")
                .result(Json.write(Map.of("ready", ready, "degraded", health.degraded())));
    }

    private static CompletionStage<?> ok(Object answer) {
        return CompletableFuture.completedFuture(answer);
    }
}
