package tavern.server.ops;

import static tavern.server.ops.Field.Type.ITEMS;
import static tavern.server.ops.Field.Type.KINDS;
import static tavern.server.ops.Field.Type.ROOM;
import static tavern.server.ops.Field.Type.STACKS;
import static tavern.server.ops.Field.Type.TEXT;
import static tavern.server.ops.Role.ADMIN;
import static tavern.server.ops.Role.MODERATOR;
import static tavern.server.ops.Role.VIEWER;

import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import tavern.server.ops.books.Books;
import tavern.server.session.Freeze;

/** The whole API, one line for each route. */
final class Routes {
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final Field REASON = Field.text("reason", "Why; stands in the audit log.");
    private static final Field SECONDS = Field.seconds("seconds", "How long; left out: for ever.");
    private static final Field SAYING = Field.text("text", "What players read.");
    private static final Field KEY = Field.text("key", "Makes it happen once, however often it is asked for.");
    private static final Field MAX = Field.queryNumber("max", 1, Views.ROWS_MAX, "How many at most.");
    private static final Field AFTER_NUMBER =
            Field.queryNumber("after", 0, Long.MAX_VALUE, "Go on after the one with this number.");
    private static final Field WHAT = Field.choice("what", Freeze.What.class, "What stops.");
    private static final Field SCOPE = Field.choice("scope", Freeze.Scope.class, "For whom.");
    private static final Field TARGET =
            Field.text("target", "The room's or the player's name.").optional();
    private static final Field STACKS_OF = Field.goods("stacks", STACKS, "Counts by kind.");

    private final OpsServices services;
    private final Views views;
    private final Actions actions;
    private final Audited audited;
    private final Health health;
    private final Sampler sampler;
    private final Streams streams;
    private final FeedViews feed;
    private final BookRoutes books;

    Routes(OpsServices services, Books books, Health health, Sampler sampler, Streams streams) {
        this.services = services;
        this.views = new Views(services);
        this.actions = new Actions(services);
        this.audited = new Audited(new AuditLog(services.store()), services.clock());
        this.health = health;
        this.sampler = sampler;
        this.streams = streams;
        this.feed = new FeedViews(services, sampler);
        this.books = new BookRoutes(new Trades(services, books), new Timeline(services, books));
    }

    List<Route> all() {
        List<Route> routes = new ArrayList<>(seen());
        routes.addAll(books.all());
        routes.addAll(done());
        routes.addAll(feed.routes(audited, MAX, REASON));
        String description = OpenApi.describe(withItself(routes), services.version());
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
                Route.get(
                        "/healthz",
                        null,
                        "Answers while the process lives.",
                        List.of(),
                        call -> ok(Map.of("up", true))),
                Route.direct("/readyz", null, false, "503 when players should go elsewhere.", List.of(), this::ready),
                Route.direct(
                        "/metrics",
                        VIEWER,
                        true,
                        "For Prometheus.",
                        List.of(),
                        (context, call) -> context.contentType(PROMETHEUS_TEXT)
                                .result(services.metrics().scrape(PROMETHEUS_TEXT))),
                Route.get("/api/v1/whoami", VIEWER, "Whose token this is.", List.of(), Routes::whoAmI),
                Route.get("/api/v1/overview", VIEWER, "The server now.", List.of(), call -> ok(sampler.newest())),
                Route.get(
                        "/api/v1/rooms",
                        VIEWER,
                        "Open rooms by name.",
                        List.of(
                                Field.query("prefix", TEXT, "How names begin."),
                                Field.query("after", TEXT, "Go on after this name."),
                                MAX),
                        views::rooms),
                Route.get(
                        "/api/v1/rooms/{room}",
                        VIEWER,
                        "All of a room, told by its own thread.",
                        List.of(Field.room()),
                        views::room),
                Route.get(
                        "/api/v1/players",
                        VIEWER,
                        "Players here whose name contains the query, and whoever has just that name.",
                        List.of(Field.query("query", TEXT, "Part of a name."), MAX),
                        views::players),
                Route.get("/api/v1/players/{player}", VIEWER, "A player.", List.of(Field.player()), views::player),
                Route.get(
                        "/api/v1/outbox",
                        VIEWER,
                        "Trades that are not yet published.",
                        List.of(AFTER_NUMBER, MAX),
                        views::outbox),
                Route.get("/api/v1/nodes", VIEWER, "Servers and their leases.", List.of(), views::nodes),
                Route.get(
                        "/api/v1/freezes",
                        VIEWER,
                        "What is stopped.",
                        List.of(),
                        call -> ok(
                                Map.of("freezes", services.sessions().freezes().all()))),
                Route.get(
                        "/api/v1/config",
                        ADMIN,
                        "Settings in force, secrets masked.",
                        List.of(),
                        call -> ok(services.inForce())),
                Route.get(
                        "/api/v1/audit",
                        MODERATOR,
                        "What operators did, oldest first; without after: the newest.",
                        List.of(AFTER_NUMBER, MAX),
                        views::audit),
                Route.direct(
                        "/api/v1/stream",
                        VIEWER,
                        false,
                        "Server-sent events: overview once a second, room five times.",
                        List.of(Field.query("room", ROOM, "The room to watch.")),
                        streams::open));
    }

    private List<Route> done() {
        return List.of(
                player("kick", MODERATOR, "Ends the player's session.", actions::kick),
                player("mute", MODERATOR, "No chat, no whispers.", actions::mute, SECONDS),
                player("unmute", MODERATOR, "Chat again.", actions::unmute),
                player("ban", MODERATOR, "Sent away, and not let in.", actions::ban, SECONDS),
                player("unban", MODERATOR, "Let in again.", actions::unban),
                player("whisper", MODERATOR, "The player alone reads it.", actions::whisper, SAYING),
                player(
                        "move",
                        MODERATOR,
                        "Into another room.",
                        actions::move,
                        Field.bodyRoom("to", "The room to go to.")),
                player(
                        "grant",
                        ADMIN,
                        "Goods out of nothing, booked in the ledger.",
                        actions::grant,
                        KEY,
                        STACKS_OF,
                        Field.goods("items", KINDS, "Kinds of unique items to make.")),
                player(
                        "revoke",
                        ADMIN,
                        "Goods taken back.",
                        actions::revoke,
                        KEY,
                        STACKS_OF,
                        Field.goods("items", ITEMS, "Ids of unique items.")),
                Route.post(
                        "/api/v1/rooms/{room}/announce",
                        MODERATOR,
                        "All in the room read it.",
                        List.of(Field.room(), REASON, SAYING),
                        audited.order("announce", "room", actions::announceInRoom)),
                Route.post(
                        "/api/v1/rooms/{room}/close",
                        ADMIN,
                        "Everybody out; trades under way end first.",
                        List.of(Field.room(), REASON),
                        audited.order("close", "room", actions::closeRoom)),
                Route.post(
                        "/api/v1/announce",
                        MODERATOR,
                        "All in the realm read it.",
                        List.of(REASON, SAYING),
                        audited.order("announce", "", actions::announce)),
                Route.post(
                        "/api/v1/freezes",
                        ADMIN,
                        "Stops trades, chat or joins.",
                        List.of(REASON, WHAT, SCOPE, TARGET),
                        audited.order("freeze", "target", actions::freeze)),
                Route.post(
                        "/api/v1/freezes/lift",
                        ADMIN,
                        "Lets them go on.",
                        List.of(REASON, WHAT, SCOPE, TARGET),
                        audited.order("unfreeze", "target", actions::unfreeze)),
                Route.post(
                        "/api/v1/drain",
                        ADMIN,
                        "No more players; rooms end their trades and close. Cannot be undone.",
                        List.of(REASON),
                        audited.order("drain", "", actions::drain)));
    }

    private Route player(
            String action, Role role, String summary, Function<Call, CompletionStage<String>> order, Field... fields) {
        List<Field> all = new ArrayList<>(List.of(Field.player(), REASON));
        all.addAll(List.of(fields));
        return Route.post(
                "/api/v1/players/{player}/" + action, role, summary, all, audited.order(action, "player", order));
    }

    private static CompletionStage<?> whoAmI(Call call) {
        return ok(Map.of(
                "name", call.operator().name(), "role", call.operator().role().toString()));
    }

    private void ready(Context context, Call call) {
        boolean ready = health.isReady();
        context.status(ready ? 200 : 503)
                .contentType("application/json")
                .result(Json.write(Map.of("ready", ready, "degraded", health.degraded())));
    }

    private static CompletionStage<?> ok(Object answer) {
        return CompletableFuture.completedFuture(answer);
    }
}
