package tavern.server.room;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tavern.engine.RoomScene;
import tavern.game.Goods;
import tavern.game.Kept;
import tavern.game.Player;
import tavern.game.PlayerId;
import tavern.server.game.Entity;
import tavern.server.game.OpenOffer;
import tavern.server.game.RoomRules;
import tavern.server.game.Terms;
import tavern.server.game.TradeId;
import tavern.server.guard.ReplayLog;
import tavern.server.room.moving.MovingEvent;
import tavern.server.room.moving.MovingGoods;
import tavern.server.room.moving.MovingOffer;
import tavern.server.room.moving.MovingRoom;
import tavern.server.room.moving.MovingSeat;
import tavern.server.room.moving.MovingThing;

/** Puts what there is of a room in memory into a message for another server, and takes it out again there. */
@OnRoomThread
final class RoomPacker {
    /** What Redis and the other server may be asked to hold at once; of the events, those that do not fit stay behind. */
    static final int BYTES_MAX = 4 << 20;

    /** After about so long the server of the session is asked: as long as a client may take to follow its {@code Redirect}. */
    private static final long SEAT_MILLIS = 10_000;

    /** So long a seat is kept even where sessions end sooner: a client that follows needs some time. */
    private static final long KEPT_MILLIS_MIN = 20_000;

    private final Room room;
    private final RoomOptions options;
    private final RoomServices services;
    private final Seats seats;
    private final RoomRules rules;
    private final ReplayLog events;
    private final RoomEffects effects;
    private final RoomView view;
    private final RoomDoor door;
    private final MoveIntake moves;
    private final AwaitedSeats awaited;
    private final GameHost game;

    RoomPacker(
            Room room,
            RoomOptions options,
            RoomServices services,
            Seats seats,
            RoomRules rules,
            ReplayLog events,
            RoomEffects effects,
            RoomView view,
            RoomDoor door,
            MoveIntake moves,
            AwaitedSeats awaited,
            GameHost game) {
        this.room = room;
        this.options = options;
        this.services = services;
        this.seats = seats;
        this.rules = rules;
        this.events = events;
        this.effects = effects;
        this.view = view;
        this.door = door;
        this.moves = moves;
        this.awaited = awaited;
        this.game = game;
    }

    // ---- here ----

    /** @throws IllegalStateException when the room is too large */
    MovingRoom pack(List<ReplayLog.Kept> kept) {
        long nowMillis = room.nowMillis();
        MovingRoom.Builder packed = MovingRoom.newBuilder()
                .setType(options.type())
                .setCapacity(services.settings().capacityOf(options))
                .setUnlisted(options.unlisted())
                .putAllMetadata(options.metadata())
                .setFence(view.fence())
                .setTick(room.tick())
                .setLastEvent(events.lastSeq())
                .setShownAnewAfter(door.shownAnewAfter() + 1)
                .setPackedAtMs(services.clocks().wall().millis());
        Map<PlayerId, Entity> entities = new HashMap<>();
        rules.entities().forEach(entity -> entities.put(entity.player().id(), entity));
        seats.all().forEach(seat -> packed.addSeats(seat(seat, entities.get(seat.player()))));
        rules.offers().forEach(offer -> packed.addOffers(offer(offer, nowMillis)));
        MovedScene scene = game.scene(nowMillis);
        scene.things().forEach(thing -> packed.addScene(thing(thing)));
        packed.setSceneMs(scene.millis()).setSceneBehindMs(scene.behindMillis());
        int left = BYTES_MAX - packed.build().getSerializedSize();
        if (left < 0) {
            throw new IllegalStateException(
                    "room " + room.id() + " is too large to move: more than " + BYTES_MAX + " bytes");
        }
        return packed.addAllEvents(newest(kept, left)).build();
    }

    private static List<MovingEvent> newest(List<ReplayLog.Kept> kept, int bytesMax) {
        int bytes = 0;
        int from = kept.size();
        // With what a message in a list takes besides.
        while (from > 0 && bytes + kept.get(from - 1).event().length + 16 <= bytesMax) {
            from--;
            bytes += kept.get(from).event().length + 16;
        }
        List<MovingEvent> events = new ArrayList<>();
        for (ReplayLog.Kept event : kept.subList(from, kept.size())) {
            events.add(MovingEvent.newBuilder()
                    .setFrame(UnsafeByteOperations.unsafeWrap(event.event()))
                    .setAgeMs((int) event.ageMillis())
                    .build());
        }
        return events;
    }

    private static MovingSeat seat(Seat seat, @Nullable Entity entity) {
        MovingSeat.Builder packed = MovingSeat.newBuilder()
                .setPlayer(seat.player().value())
                .setName(seat.member.player().name())
                .setSpectator(seat.isSpectator)
                .setDropped(seat.isDropped);
        if (entity != null) {
            packed.setEntity(entity.id()).setX(entity.x()).setY(entity.y()).setMoveSeq(entity.seq());
        }
        if (seat.member instanceof AwaitedMember awaited) {
            packed.addAllMissed(awaited.missed());
        }
        return packed.build();
    }

    private static MovingOffer offer(OpenOffer offer, long nowMillis) {
        UUID id = offer.id().uuid();
        ByteBuffer bytes = ByteBuffer.allocate(16);
        bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        return MovingOffer.newBuilder()
                .setTrade(ByteString.copyFrom(bytes.flip()))
                .setProposer(offer.proposer().id().value())
                .setPartner(offer.partner().id().value())
                .setGive(goods(offer.terms().give()))
                .setWant(goods(offer.terms().want()))
                .setRemainingMs((int) Math.max(0, offer.expiresAtMillis() - nowMillis))
                .build();
    }

    private static MovingGoods goods(Goods goods) {
        return MovingGoods.newBuilder()
                .putAllStacks(goods.stacks())
                .addAllItems(goods.items())
                .build();
    }

    private static MovingThing thing(RoomScene.Thing thing) {
        return MovingThing.newBuilder()
                .setEntity(thing.entity())
                .setKind(thing.kind())
                .setX(thing.x())
                .setY(thing.y())
                .addAllAttributes(thing.attributes())
                .build();
    }

    // ---- there ----

    /**
     * Goes on with a room that another server had, before anybody comes in and before its game begins. Its seats wait for
     * their sessions.
     */
    void unpack(MovedIn moved) {
        MovingRoom packed = moved.room();
        long nowMillis = room.nowMillis();
        long packedMillis = nowMillis - agoMillis(packed);
        view.numberedSince(packed.getFence());
        door.shownAnewAfter(packed.getShownAnewAfter() - 1);
        events.restore(
                packed.getLastEvent(),
                packed.getEventsList().stream()
                        .map(event -> new ReplayLog.Kept(event.getFrame().toByteArray(), event.getAgeMs()))
                        .toList(),
                packedMillis);
        Map<PlayerId, Map<String, Kept>> playing = new HashMap<>();
        Map<PlayerId, Player> players = new HashMap<>();
        for (MovingSeat seat : packed.getSeatsList()) {
            Player player = new Player(new PlayerId(seat.getPlayer()), seat.getName());
            players.put(player.id(), player);
            restore(seat, player, moved.arrivals().get(player.id()), nowMillis);
            Arrival arrival = moved.arrivals().get(player.id());
            if (arrival != null) {
                playing.put(player.id(), arrival.values());
            }
        }
        rules.entities().forEach(effects::restored);
        packed.getOffersList().forEach(offer -> rules.restore(offer(offer, players, packedMillis)));
        game.restore(
                playing,
                new MovedScene(
                        packed.getSceneList().stream().map(RoomPacker::thing).toList(),
                        packed.getSceneMs(),
                        packed.getSceneBehindMs()),
                nowMillis);
        room.restored(packed.getTick());
    }

    /** How long the move has taken since the room was packed. Clocks of two servers may differ, so within what is possible. */
    private long agoMillis(MovingRoom packed) {
        long passedMillis = services.clocks().wall().millis() - packed.getPackedAtMs();
        return packed.getPackedAtMs() == 0 ? 0 : Math.max(0, Math.min(RoomMoves.OFFERED_MILLIS, passedMillis));
    }

    private void restore(MovingSeat packed, Player player, @Nullable Arrival arrival, long nowMillis) {
        // Its session ends after resumeSeconds without a connection; one that comes back just then is sent here once
        // more.
        long keptMillis = Math.max(
                KEPT_MILLIS_MIN,
                2 * TimeUnit.SECONDS.toMillis(services.settings().resumeSeconds()));
        AwaitedMember member = awaited.add(player, nowMillis, SEAT_MILLIS, keptMillis);
        Seat seat = moves.seat(member, moves.slot());
        seat.isSpectator = packed.getSpectator();
        seat.isDropped = packed.getDropped();
        seats.add(seat);
        if (arrival != null) {
            Entity as = new Entity(packed.getEntity(), player, packed.getX(), packed.getY(), packed.getMoveSeq());
            rules.restore(as, arrival.player().inventory(), arrival.player().mutedUntilMillis(), nowMillis);
        }
        member.restore(packed.getMissedList());
    }

    private static OpenOffer offer(MovingOffer packed, Map<PlayerId, Player> players, long packedMillis) {
        ByteBuffer bytes = packed.getTrade().asReadOnlyByteBuffer();
        Player proposer = player(players, packed.getProposer());
        return new OpenOffer(
                new TradeId(proposer.id(), new UUID(bytes.getLong(), bytes.getLong())),
                proposer,
                player(players, packed.getPartner()),
                new Terms(goods(packed.getGive()), goods(packed.getWant())),
                packedMillis + packed.getRemainingMs(),
                false);
    }

    private static Player player(Map<PlayerId, Player> players, long id) {
        Player player = players.get(new PlayerId(id));
        if (player == null) {
            throw new IllegalArgumentException("an offer of player " + id + ", who has no seat");
        }
        return player;
    }

    private static Goods goods(MovingGoods packed) {
        return new Goods(new TreeMap<>(packed.getStacksMap()), new TreeSet<>(packed.getItemsList()));
    }

    private static RoomScene.Thing thing(MovingThing packed) {
        return new RoomScene.Thing(
                packed.getEntity(), packed.getKind(), packed.getX(), packed.getY(), packed.getAttributesList());
    }
}
