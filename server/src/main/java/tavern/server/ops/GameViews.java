package tavern.server.ops;

import static tavern.server.operators.Right.ROOMS;
import static tavern.server.operators.Right.SEE_PRIVATE;

import com.google.gson.JsonElement;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tavern.engine.RecordingFile;
import tavern.game.RoomId;
import tavern.server.games.GameJson;
import tavern.server.room.GameReport;
import tavern.server.room.SceneReport;

/** What there is of the games in rooms. It has what players must not know of each other, and of chance. */
final class GameViews {
    private static final Field REASON = Field.query("reason", Field.Type.TEXT, "The reason, for the audit log.");

    private final OpsServices services;

    GameViews(OpsServices services) {
        this.services = services;
    }

    List<Route> routes(AuditedCommands audited, Field max) {
        return List.of(
                Route.get(
                        "/api/v1/rooms/{room}/game",
                        SEE_PRIVATE,
                        "The game of an open room: its state, timers, and turns under way.",
                        List.of(Field.room()),
                        this::game),
                Route.get(
                        "/api/v1/rooms/{room}/scene",
                        SEE_PRIVATE,
                        "NPCs and players of an open room whose game has things that move, by number, with all their attributes.",
                        List.of(
                                Field.room(),
                                Field.queryNumber("after", 0, Integer.MAX_VALUE - 1, "Continue after this number."),
                                max),
                        this::scene),
                Route.get(
                        "/api/v1/rooms/{room}/recording",
                        ROOMS,
                        "The newest turns of a room that is recorded, as a file for bin/replay; also of one that was closed not"
                                + " long ago. Stands in the audit log.",
                        List.of(Field.room(), REASON),
                        call -> download(audited, call, services.rooms()::recording)),
                Route.get(
                        "/api/v1/rooms/{room}/recording/earlier",
                        ROOMS,
                        "The same of the life that the room had before this one; of a room that is closed, of its last.",
                        List.of(Field.room(), REASON),
                        call -> download(audited, call, services.rooms()::earlierRecording)));
    }

    /**
     * The game of a room.
     *
     * @param state as protobuf's JSON, or its bytes as {@code hex}
     * @param stateBytes as it is kept
     * @param timers dates by name, in milliseconds since 1970
     * @param committing turns whose commits are not decided
     * @param waiting what has happened and is not computed yet
     * @param signals that have not arrived yet
     * @param calls whose answers are not durable yet
     * @param npcs absent when nothing moves
     */
    record GameAnswer(
            String room,
            String type,
            String game,
            boolean recorded,
            long revision,
            int stateBytes,
            SortedMap<String, Long> timers,
            int committing,
            int waiting,
            int signals,
            int calls,
            @Nullable Integer npcs,
            JsonElement state) {}

    private CompletionStage<GameAnswer> game(ApiRequest call) {
        RoomId room = call.room("room");
        return AnswerTimeout.bounded(
                        AnswerTimeout.find(services.rooms(), room).game().report())
                .thenApply(found -> found.map(report -> answer(room, report))
                        .orElseThrow(
                                () -> RequestRefusedException.notFound("the room has no game, or is being opened")));
    }

    private static GameAnswer answer(RoomId room, GameReport report) {
        return new GameAnswer(
                room.name(),
                report.type(),
                report.game(),
                report.isRecorded(),
                report.now().revision(),
                report.now().stateBytes(),
                report.now().timers(),
                report.now().committing(),
                report.now().waiting(),
                report.now().signals(),
                report.now().calls(),
                report.npcs(),
                GameJson.of(report.now().state()));
    }

    private CompletionStage<SceneReport> scene(ApiRequest call) {
        int after = (int) call.number("after", 0);
        int max = (int) call.number("max", Views.ROWS_MAX);
        return AnswerTimeout.bounded(AnswerTimeout.find(services.rooms(), call.room("room"))
                        .game()
                        .scene(after, max))
                .thenApply(found -> found.orElseThrow(() -> RequestRefusedException.notFound(
                        "nothing moves in the room's game: it is none, or does not implement Moving")));
    }

    private static CompletionStage<Download> download(
            AuditedCommands audited, ApiRequest call, Function<RoomId, CompletionStage<RecordingFile>> recordings) {
        AtomicReference<RecordingFile> found = new AtomicReference<>(RecordingFile.NONE);
        return audited.order(
                        "download-recording",
                        "room",
                        order -> find(order, recordings).thenApply(recording -> {
                            found.set(recording);
                            return PreparedCommand.here(
                                    "",
                                    () -> CompletableFuture.completedFuture(
                                            recording.entries().size() + " entries"));
                        }))
                .to(call)
                .thenApply(done ->
                        new Download(call.room("room") + ".recording", bytes(Objects.requireNonNull(found.get()))));
    }

    private static CompletionStage<RecordingFile> find(
            ApiRequest call, Function<RoomId, CompletionStage<RecordingFile>> recordings) {
        return AnswerTimeout.bounded(recordings.apply(call.room("room"))).thenApply(recording -> {
            if (recording.entries().isEmpty()) {
                throw RequestRefusedException.notFound(
                        "nothing is recorded of a room of this name on this server; games.types.<type>.record = true"
                                + " records rooms that are opened from the next start on");
            }
            return recording;
        });
    }

    private static byte[] bytes(RecordingFile recording) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            recording.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException("an array takes all", e);
        }
        return out.toByteArray();
    }
}
