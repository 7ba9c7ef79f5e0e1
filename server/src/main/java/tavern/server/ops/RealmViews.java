package tavern.server.ops;

import static tavern.server.operators.Right.SEE;
import static tavern.server.ops.Field.Type.CHOICE;
import static tavern.server.ops.Field.Type.TEXT;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import tavern.game.Names;
import tavern.game.RoomId;
import tavern.server.cluster.Canary;
import tavern.server.cluster.Directory;
import tavern.server.cluster.NodeLoad;
import tavern.server.cluster.NodeReport;
import tavern.server.cluster.SeenNode;
import tavern.server.room.RealmRooms;
import tavern.server.session.RealmPlayers;
import tavern.server.store.OpenRoom;

/** The servers, rooms and players of the whole realm, as any of its servers knows them. */
final class RealmViews {
    private static final double PERMILLE = 1_000;
    private static final int PAGE = 50;
    private static final String BY_NAME = "name";
    private static final String BY_PLAYERS = "players";

    private final OpsServices services;

    RealmViews(OpsServices services) {
        this.services = services;
    }

    List<Route> routes(Field max) {
        Field prefix = Field.query("prefix", TEXT, "The beginning of the names.");
        Field node = Field.query("node", TEXT, "Only those of this server.");
        Field after = Field.query("after", TEXT, "Continue after this one: next of the page before.");
        Field sort = new Field(
                "sort",
                Field.In.QUERY,
                CHOICE,
                false,
                0,
                0,
                List.of(BY_NAME, BY_PLAYERS),
                "The order: by name, or those with most players first.");
        return List.of(
                Route.get(
                        "/api/v1/realm/nodes",
                        SEE,
                        "The servers of the realm: their load, and how long ago each was heard of.",
                        List.of(),
                        call -> done(nodes())),
                Route.get(
                        "/api/v1/realm/rooms",
                        SEE,
                        "The open rooms of the realm, unlisted ones too, as of a moment ago.",
                        List.of(prefix, Field.query("type", TEXT, "Only those of this type."), node, sort, after, max),
                        this::rooms),
                Route.get(
                        "/api/v1/realm/players",
                        SEE,
                        "The players of the realm by name. Servers that do not answer within two seconds are named.",
                        List.of(prefix, node, after, max),
                        this::players));
    }

    /**
     * @param gone whether it is silent for so long that nobody is sent there
     * @param busiest share of a core that the busiest thread with players has used lately
     * @param cores that the whole process has used lately
     */
    record NodeRow(
            String node,
            String address,
            boolean self,
            String version,
            int protocol,
            int schema,
            long sinceMillis,
            long silentMillis,
            boolean gone,
            boolean draining,
            int players,
            int playersMax,
            int connections,
            int connectionsMax,
            int rooms,
            int roomsMax,
            double busiest,
            double cores,
            long memoryBytes,
            long memoryBytesMax,
            Set<String> types) {}

    /**
     * @param ageMillis how long ago the store has answered; 0 for a server that has its realm for itself
     * @param canary the order for new rooms; null for none
     */
    record NodeRows(
            List<NodeRow> nodes,
            int players,
            int rooms,
            long ageMillis,
            @Nullable Canary canary) {}

    private NodeRows nodes() {
        Directory directory = services.sessions().directory();
        List<NodeRow> rows = directory.nodes().stream().map(this::row).toList();
        if (directory.isAlone()) {
            rows = List.of(row(new SeenNode(directory.self(), 0, 0, false)));
        }
        return new NodeRows(
                rows,
                rows.stream()
                        .filter(row -> !row.gone())
                        .mapToInt(NodeRow::players)
                        .sum(),
                rows.stream()
                        .filter(row -> !row.gone())
                        .mapToInt(NodeRow::rooms)
                        .sum(),
                directory.isAlone() ? 0 : directory.ageMillis(),
                directory.canary());
    }

    private NodeRow row(SeenNode seen) {
        NodeReport report = seen.report();
        NodeLoad load = report.load();
        return new NodeRow(
                report.node().id(),
                report.node().host() + ":" + report.node().port(),
                report.node().id().equals(services.self().id()),
                report.version(),
                report.mix().protocolMax(),
                seen.schema(),
                report.sinceMillis(),
                seen.silentMillis(),
                seen.gone(),
                report.draining(),
                load.players(),
                load.playersMax(),
                load.connections(),
                load.connectionsMax(),
                load.rooms(),
                load.roomsMax(),
                load.busiestPermille() / PERMILLE,
                load.cpuPermille() / PERMILLE,
                load.memoryBytes(),
                load.memoryBytesMax(),
                report.types());
    }

    record RoomRow(
            String room,
            String node,
            int players,
            int capacity,
            boolean unlisted,
            String type,
            Map<String, String> metadata) {}

    /**
     * @param total how many fit, on all pages
     * @param next for {@code after}; empty for none
     */
    record RoomRows(List<RoomRow> rooms, int total, String next) {}

    private CompletionStage<?> rooms(ApiRequest call) {
        String prefix = call.text("prefix", "");
        String type = call.text("type", "");
        String node = call.text("node", "");
        RealmRooms.Order order =
                call.text("sort", BY_NAME).equals(BY_PLAYERS) ? RealmRooms.Order.PLAYERS : RealmRooms.Order.NAME;
        int max = (int) call.number("max", PAGE);
        RealmRooms.Found found = services.sessions()
                .realmRooms()
                .find(
                        room -> room.room().name().startsWith(prefix)
                                && (type.isEmpty() || room.type().equals(type))
                                && (node.isEmpty() || room.node().equals(node)),
                        order,
                        after(call.text("after", ""), order),
                        max);
        List<OpenRoom> rooms = found.rooms();
        return done(new RoomRows(
                rooms.stream().map(RealmViews::row).toList(),
                found.total(),
                rooms.size() < max ? "" : next(rooms.get(rooms.size() - 1), order)));
    }

    private static RoomRow row(OpenRoom room) {
        return new RoomRow(
                room.room().name(),
                room.node(),
                room.players(),
                room.capacity(),
                room.unlisted(),
                room.type(),
                room.metadata());
    }

    private static String next(OpenRoom last, RealmRooms.Order order) {
        String name = last.room().name();
        return order == RealmRooms.Order.NAME ? name : last.players() + ":" + name;
    }

    /** The place of the last room of a page, whether there still is such a room or not. */
    private static @Nullable OpenRoom after(String text, RealmRooms.Order order) {
        if (text.isEmpty()) {
            return null;
        }
        int colon = text.indexOf(':');
        String name = order == RealmRooms.Order.NAME ? text : text.substring(colon + 1);
        try {
            int players = order == RealmRooms.Order.NAME ? 0 : Integer.parseInt(text.substring(0, Math.max(0, colon)));
            if (Names.isRoomName(name)) {
                return new OpenRoom(new RoomId(name), 0, "", players, 0, false, Map.of(), "");
            }
        } catch (NumberFormatException e) {
            // Refused below.
        }
        throw RequestRefusedException.badRequest("after must be next of the page before, in the same order");
    }

    /** @param room null for none @param address null when the connection is lost */
    record PlayerRow(
            String player,
            long playerId,
            String node,
            @Nullable String room,
            @Nullable String address,
            long sinceMillis) {}

    /**
     * @param total players of all live servers, whatever their names
     * @param next for {@code after}; empty for none
     * @param silent servers that did not answer
     */
    record PlayerRows(List<PlayerRow> players, int total, String next, List<String> silent) {}

    private CompletionStage<?> players(ApiRequest call) {
        NodeRows all = nodes();
        String node = call.text("node", "");
        List<String> asked = all.nodes().stream()
                .filter(row -> !row.gone() && (node.isEmpty() || row.node().equals(node)))
                .map(NodeRow::node)
                .toList();
        return services.sessions()
                .realmPlayers()
                .page(asked, call.text("prefix", ""), call.text("after", ""), (int) call.number("max", PAGE))
                .thenApply(page -> new PlayerRows(
                        page.players().stream().map(RealmViews::row).toList(),
                        all.players(),
                        page.next(),
                        page.silent()));
    }

    private static PlayerRow row(RealmPlayers.PlayerThere player) {
        return new PlayerRow(
                player.session().player(),
                player.session().playerId(),
                player.node(),
                player.session().room(),
                player.session().address(),
                player.session().sinceMillis());
    }

    private static CompletionStage<?> done(Object answer) {
        return CompletableFuture.completedFuture(answer);
    }
}
