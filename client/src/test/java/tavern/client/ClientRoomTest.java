package tavern.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.CorruptedFrameException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tavern.protocol.v1.Entity;
import tavern.protocol.v1.FullState;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.Pong;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.Snapshot;
import tavern.protocol.v1.TickRate;

class ClientRoomTest {
    private record Place(int x, int y, int seq) {}

    private final SnapshotReader reader = new SnapshotReader();

    @Test
    void aViewFollowsThousandsOfSnapshotsAsAnIndependentEncoderMadeThem() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        TreeMap<Integer, Place> truth = new TreeMap<>();
        for (int i = 0; i < 40; i++) {
            truth.put(
                    1 + random.nextInt(100_000),
                    new Place(random.nextInt(3_200), random.nextInt(3_200), random.nextInt()));
        }
        ClientRoom view = new ClientRoom(joined(truth));
        for (int tick = 1; tick <= 2_000; tick++) {
            Snapshot snapshot = move(truth, tick, random);
            ByteBuf frame =
                    wire(ServerMessage.newBuilder().setSnapshot(snapshot).build());
            assertThat(reader.read(frame)).isTrue();
            assertThat(view.apply(reader, new ClientListener() {}, 0)).isZero();
        }
        assertThat(view.tick()).isEqualTo(2_000);
        assertThat(placesIn(view)).as("seed %d", seed).isEqualTo(truth);
    }

    /** P-112: by the state, and by what is told later; of an older server, or one that says nonsense, full speed. */
    @Test
    void aRoomKnowsHowFastItsTimePasses() {
        ClientRoom view = new ClientRoom(joined(new TreeMap<>()));
        assertThat(view.timeRate()).isEqualTo(1);
        List<Double> before = new ArrayList<>();
        ClientListener listener = new ClientListener() {
            @Override
            public void onTimeRate(ClientRoom room, double rateBefore) {
                before.add(rateBefore);
            }
        };
        Events.dispatch(tickRate(833), view, listener);
        assertThat(view.timeRate()).isEqualTo(0.833);
        Events.dispatch(tickRate(400), view, listener);
        assertThat(before).containsExactly(1.0, 0.833);
        view.replace(FullState.newBuilder().setTickRatePermille(667).build());
        assertThat(view.timeRate()).isEqualTo(0.667);
        view.replace(FullState.getDefaultInstance());
        assertThat(view.timeRate()).isEqualTo(1);
        Events.dispatch(tickRate(5_000), view, listener);
        assertThat(view.timeRate()).isEqualTo(1);
        Events.dispatch(tickRate(400), null, listener);
        assertThat(before).hasSize(3);
    }

    private static ServerMessage tickRate(int permille) {
        return ServerMessage.newBuilder()
                .setTickRate(TickRate.newBuilder().setPermille(permille))
                .build();
    }

    @Test
    void aSnapshotOfUnpackedFieldsIsUnderstoodToo() {
        ClientRoom view = new ClientRoom(joined(new TreeMap<>(Map.of(3, new Place(5, 5, 1)))));
        // tick 9; ids 3, xs -1 (zigzag 1), ys 1 (zigzag 2), seqs 4, each as a varint field of its own.
        byte[] body = {8, 9, 16, 3, 24, 1, 32, 2, 40, 4};
        ByteBuf frame =
                Unpooled.buffer().writeByte(4 << 3 | 2).writeByte(body.length).writeBytes(body);
        assertThat(reader.read(frame)).isTrue();
        view.apply(reader, new ClientListener() {}, 0);
        assertThat(placesIn(view)).isEqualTo(Map.of(3, new Place(4, 6, 5)));
    }

    @Test
    void anEntityThatIsNotInTheRoomIsCountedAndTheOthersStillMove() {
        ClientRoom view = new ClientRoom(joined(new TreeMap<>(Map.of(3, new Place(5, 5, 1)))));
        Snapshot snapshot = Snapshot.newBuilder()
                .addIds(2)
                .addXs(1)
                .addYs(1)
                .addSeqs(1)
                .addIds(1)
                .addXs(1)
                .addYs(1)
                .addSeqs(1)
                .build();
        reader.read(wire(ServerMessage.newBuilder().setSnapshot(snapshot).build()));
        assertThat(view.apply(reader, new ClientListener() {}, 0)).isEqualTo(1);
        assertThat(placesIn(view)).isEqualTo(Map.of(3, new Place(6, 6, 2)));
    }

    @Test
    void otherMessagesAreLeftToTheGeneratedParser() {
        ByteBuf pong = wire(
                ServerMessage.newBuilder().setPong(Pong.getDefaultInstance()).build());
        ByteBuf numbered = wire(ServerMessage.newBuilder()
                .setRoomSeq(1)
                .setSnapshot(Snapshot.getDefaultInstance())
                .build());
        assertThat(reader.read(pong)).isFalse();
        assertThat(reader.read(numbered)).isFalse();
        assertThat(pong.readerIndex()).isZero();
    }

    @Test
    void brokenSnapshotsAreRefused() {
        refuses(16, 3); // an id without a place
        refuses(18, 5, 1); // five bytes of ids, of which one is there
        refuses(19); // a group
        refuses(16, 0xff); // half a varint
        refuses(48, 3); // an id that entered without a place
    }

    private void refuses(int... body) {
        ByteBuf frame = Unpooled.buffer().writeByte(4 << 3 | 2).writeByte(body.length);
        for (int each : body) {
            frame.writeByte(each);
        }
        assertThatThrownBy(() -> reader.read(frame)).isInstanceOf(CorruptedFrameException.class);
    }

    @Test
    void playersComeAndGoAndAFullStateReplacesAllButWhatTheUserAttached() {
        ClientRoom view = new ClientRoom(joined(new TreeMap<>(Map.of(1, new Place(0, 0, 0), 5, new Place(0, 0, 0)))));
        view.add(entity(3, new Place(7, 7, 7)));
        assertThat(placesIn(view).keySet()).containsExactly(1, 3, 5);
        requireNonNull(view.entity(3)).attach("kept");
        view.remove(1);
        view.remove(99);
        view.replace(FullState.newBuilder()
                .addEntities(entity(3, new Place(1, 2, 9)))
                .addEntities(entity(8, new Place(0, 0, 0)))
                .build());
        assertThat(placesIn(view).keySet()).containsExactly(3, 8);
        assertThat(requireNonNull(view.entity(3)).attachment()).isEqualTo("kept");
        assertThat(requireNonNull(view.entity(3)).seq()).isEqualTo(9);
        assertThat(view.entity(5)).isNull();
    }

    @Test
    void entitiesComeIntoViewMoveThereAndGoOutOfIt() {
        ClientRoom view = new ClientRoom(joined(new TreeMap<>(Map.of(1, new Place(5, 5, 1), 4, new Place(8, 8, 1)))));
        view.add(away(6));
        view.add(away(9));
        List<String> told = new ArrayList<>();
        ClientListener listener = new ClientListener() {
            @Override
            public void onCameIntoView(ClientRoom room, ClientRoom.Entity entity) {
                told.add("in " + entity.id());
            }

            @Override
            public void onOutOfView(ClientRoom room, ClientRoom.Entity entity) {
                told.add("out " + entity.id());
            }

            @Override
            public void onRoomFilled(ClientRoom room) {
                told.add("anew");
            }
        };
        Snapshot first = Snapshot.newBuilder()
                .setTick(7)
                .addIds(1)
                .addXs(-1)
                .addYs(1)
                .addSeqs(1)
                .addAllEnteredIds(List.of(6, 3))
                .addAllEnteredXs(List.of(600, 900))
                .addAllEnteredYs(List.of(601, 901))
                .addAllEnteredSeqs(List.of(-1, 0))
                .addLeftIds(4)
                .build();
        assertThat(apply(view, first, listener)).isZero();
        assertThat(told).containsExactly("out 4", "in 6", "in 9");
        assertThat(inView(view))
                .isEqualTo(Map.of(1, new Place(4, 6, 2), 6, new Place(600, 601, -1), 9, new Place(900, 901, 0)));

        told.clear();
        Snapshot second = Snapshot.newBuilder()
                .setTick(8)
                .addEnteredIds(9)
                .addEnteredXs(1)
                .addEnteredYs(2)
                .addEnteredSeqs(3)
                .setAnew(true)
                .build();
        assertThat(apply(view, second, listener)).isZero();
        assertThat(told).containsExactly("anew");
        assertThat(inView(view)).isEqualTo(Map.of(9, new Place(1, 2, 3)));
    }

    @Test
    void whatIsOutOfViewOrNotThereCannotMoveOrLeaveIt() {
        ClientRoom view = new ClientRoom(joined(new TreeMap<>(Map.of(1, new Place(5, 5, 1)))));
        view.add(away(6));
        Snapshot snapshot = Snapshot.newBuilder()
                .addIds(6)
                .addXs(1)
                .addYs(1)
                .addSeqs(1)
                .addAllLeftIds(List.of(6, 1))
                .addEnteredIds(8)
                .addEnteredXs(1)
                .addEnteredYs(1)
                .addEnteredSeqs(1)
                .build();
        assertThat(apply(view, snapshot, new ClientListener() {})).isEqualTo(4);
        assertThat(inView(view)).isEqualTo(Map.of(1, new Place(5, 5, 1)));
    }

    private int apply(ClientRoom view, Snapshot snapshot, ClientListener listener) {
        assertThat(reader.read(
                        wire(ServerMessage.newBuilder().setSnapshot(snapshot).build())))
                .isTrue();
        return view.apply(reader, listener, 0);
    }

    private static Entity away(int id) {
        return Entity.newBuilder().setId(id).setPlayer("p" + id).setAway(true).build();
    }

    private static Map<Integer, Place> inView(ClientRoom view) {
        Map<Integer, Place> places = new TreeMap<>();
        for (ClientRoom.Entity entity : view.entities()) {
            if (entity.isInView()) {
                places.put(entity.id(), new Place(entity.x(), entity.y(), entity.seq()));
            }
        }
        return places;
    }

    private static Snapshot move(SortedMap<Integer, Place> truth, int tick, Random random) {
        Snapshot.Builder snapshot = Snapshot.newBuilder().setTick(tick);
        int idBefore = 0;
        for (int id : new ArrayList<>(truth.keySet())) {
            if (random.nextInt(3) == 0) {
                Place was = requireNonNull(truth.get(id));
                Place is = new Place(
                        was.x + random.nextInt(41) - 20, was.y + random.nextInt(41) - 20, was.seq + random.nextInt(5));
                truth.put(id, is);
                snapshot.addIds(id - idBefore)
                        .addXs(is.x - was.x)
                        .addYs(is.y - was.y)
                        .addSeqs(is.seq - was.seq);
                idBefore = id;
            }
        }
        return snapshot.build();
    }

    private static Joined joined(Map<Integer, Place> places) {
        FullState.Builder state = FullState.newBuilder();
        places.forEach((id, place) -> state.addEntities(entity(id, place)));
        return Joined.newBuilder().setRoom("hall").setState(state).build();
    }

    private static Entity entity(int id, Place place) {
        return Entity.newBuilder()
                .setId(id)
                .setPlayer("p" + id)
                .setX(place.x)
                .setY(place.y)
                .setSeq(place.seq)
                .build();
    }

    private static Map<Integer, Place> placesIn(ClientRoom view) {
        Map<Integer, Place> places = new TreeMap<>();
        List<ClientRoom.Entity> entities = view.entities();
        entities.forEach(entity -> places.put(entity.id(), new Place(entity.x(), entity.y(), entity.seq())));
        return places;
    }

    private static ByteBuf wire(ServerMessage message) {
        return Unpooled.wrappedBuffer(message.toByteArray());
    }

    /** P-83 to P-85. */
    @Test
    void npcsAppearChangeAndVanish() {
        ClientRoom view = new ClientRoom(joined(new TreeMap<>(Map.of(3, new Place(100, 50, 8)))));
        List<String> heard = new ArrayList<>();
        ClientListener listener = new ClientListener() {
            @Override
            public void onCameIntoView(ClientRoom room, ClientRoom.Entity entity) {
                heard.add(entity.id() + " of kind " + entity.kind() + " came with " + entity.attribute(0));
            }

            @Override
            public void onOutOfView(ClientRoom room, ClientRoom.Entity entity) {
                heard.add(entity.id() + " went");
            }

            @Override
            public void onAttribute(ClientRoom room, ClientRoom.Entity entity, int attribute, long before) {
                heard.add(entity.id() + "." + attribute + " from " + before + " to " + entity.attribute(attribute));
            }
        };
        apply(
                view,
                listener,
                Snapshot.newBuilder()
                        .addAllAppearedIds(List.of(65, 5))
                        .addAllAppearedKinds(List.of(2, 9))
                        .addAllAppearedXs(List.of(300, 301))
                        .addAllAppearedYs(List.of(20, 21))
                        .addAllChangedIds(List.of(3, 62, 0))
                        .addAllChangedAttributes(List.of(0, 0, 3))
                        .addAllChangedValues(List.of(-2L, 100L, Long.MIN_VALUE)));
        assertThat(heard).containsExactly("3.0 from 0 to -2", "65 of kind 2 came with 100", "70 of kind 9 came with 0");
        assertThat(requireNonNull(view.entity(65)).attribute(3)).isEqualTo(Long.MIN_VALUE);
        assertThat(view.entities()).hasSize(3);

        heard.clear();
        apply(
                view,
                listener,
                Snapshot.newBuilder()
                        .addAllIds(List.of(65))
                        .addAllXs(List.of(-1))
                        .addAllYs(List.of(2))
                        .addAllSeqs(List.of(0))
                        .addVanishedIds(70)
                        .addChangedIds(65)
                        .addChangedAttributes(0)
                        .addChangedValues(-30));
        assertThat(heard).containsExactly("70 went", "65.0 from 100 to 70");
        assertThat(requireNonNull(view.entity(65)).x()).isEqualTo(299);
        assertThat(view.entity(70)).isNull();

        // A complete new view: 65 is still there and keeps what was attached, 71 is new, and the player is out of view.
        requireNonNull(view.entity(65)).attach("mine");
        apply(
                view,
                listener,
                Snapshot.newBuilder()
                        .setAnew(true)
                        .addAllAppearedIds(List.of(65, 6))
                        .addAllAppearedKinds(List.of(2, 9))
                        .addAllAppearedXs(List.of(1, 2))
                        .addAllAppearedYs(List.of(3, 4)));
        assertThat(requireNonNull(view.entity(65)).attachment()).isEqualTo("mine");
        assertThat(requireNonNull(view.entity(65)).attribute(0)).isZero();
        assertThat(requireNonNull(view.entity(3)).isInView()).isFalse();
        assertThat(requireNonNull(view.entity(3)).attribute(0)).isZero();

        apply(view, listener, Snapshot.newBuilder().setAnew(true));
        assertThat(view.entities()).extracting(ClientRoom.Entity::id).containsExactly(3);
    }

    private void apply(ClientRoom view, ClientListener listener, Snapshot.Builder snapshot) {
        assertThat(reader.read(
                        wire(ServerMessage.newBuilder().setSnapshot(snapshot).build())))
                .isTrue();
        assertThat(view.apply(reader, listener, 0)).isZero();
    }

    @Test
    void arraysOfASceneThatDoNotFitTogetherAreRefused() {
        for (Snapshot.Builder bad : List.of(
                Snapshot.newBuilder().addAppearedIds(1),
                Snapshot.newBuilder().addChangedIds(1).addChangedAttributes(1),
                Snapshot.newBuilder().addChangedValues(1))) {
            ByteBuf frame = wire(ServerMessage.newBuilder().setSnapshot(bad).build());
            assertThatThrownBy(() -> reader.read(frame)).isInstanceOf(CorruptedFrameException.class);
        }
    }
}
