package tavern.client;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.protobuf.Message;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import tavern.protocol.RecordedSession;
import tavern.protocol.v1.ChatMessage;
import tavern.protocol.v1.Entity;
import tavern.protocol.v1.Error;
import tavern.protocol.v1.ErrorCode;
import tavern.protocol.v1.InventoryChanged;
import tavern.protocol.v1.InventoryPage;
import tavern.protocol.v1.Joined;
import tavern.protocol.v1.Left;
import tavern.protocol.v1.PlayerJoined;
import tavern.protocol.v1.PlayerLeft;
import tavern.protocol.v1.Pong;
import tavern.protocol.v1.RoomList;
import tavern.protocol.v1.TradeOffered;
import tavern.protocol.v1.TradeResult;
import tavern.protocol.v1.Welcome;
import tavern.protocol.v1.WhisperDelivered;
import tavern.protocol.v1.WhisperReceived;

/**
 * What the client reports to its user, in the form of a recording's expectations. Confined to the client's event loop,
 * except where stated otherwise.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures are recorded where the future completes
final class ConformanceView implements ClientListener {
    private final List<String> faults = new CopyOnWriteArrayList<>();
    private volatile boolean connected;
    private volatile boolean disconnected = true;
    private JsonArray answers = new JsonArray();
    private JsonArray events = new JsonArray();
    private JsonArray lost = new JsonArray();
    private boolean resumed;

    /** Faults that the client reported. Safe on any thread. */
    List<String> faults() {
        return faults;
    }

    /** Whether the connection is closed. Safe on any thread. */
    boolean isDisconnected() {
        return disconnected;
    }

    /** Whether the welcome has arrived. Safe on any thread. */
    boolean isConnected() {
        return connected;
    }

    /** The client starts to connect. */
    void connecting(CompletableFuture<Welcome> greeting) {
        disconnected = false;
        greeting.whenComplete((welcome, failure) -> {
            connected = failure == null;
            disconnected = failure != null;
        });
    }

    /** The user sent a request. */
    void requested(int seq, CompletableFuture<?> answer) {
        answer.whenComplete((body, failure) -> {
            if (failure == null) {
                answered(seq, body);
            } else {
                failed(seq, failure instanceof CompletionException ? failure.getCause() : failure);
            }
        });
    }

    private void answered(int seq, Object body) {
        if (body instanceof OfferAnswer.Open open) {
            answer(seq, "trade_opened");
            event("trade_opened", open.opened());
        } else if (body instanceof WhisperDelivered delivered) {
            answer(seq, "whisper_delivered");
            event("whisper_delivered", delivered);
        } else if (body instanceof OfferAnswer.Settled || body instanceof TradeResult) {
            answer(seq, "trade_result");
        } else if (body instanceof ChatMessage) {
            answer(seq, "chat");
        } else if (body instanceof Joined) {
            answer(seq, "joined");
        } else if (body instanceof Left) {
            answer(seq, "left");
        } else if (body instanceof RoomList) {
            answer(seq, "room_list");
        } else if (body instanceof InventoryPage) {
            answer(seq, "inventory_page");
        } else if (body instanceof Pong) {
            answer(seq, "pong");
        } else {
            faults.add("an unexpected kind of answer: " + body);
        }
    }

    private void failed(int seq, @Nullable Throwable failure) {
        if (failure instanceof TavernException refused) {
            refused(seq, refused.code());
        } else if (failure instanceof ConnectionLostException) {
            lost.add(seq);
        } else {
            faults.add("request " + seq + ": " + failure);
        }
    }

    private JsonObject answer(int seq, String is) {
        JsonObject answer = new JsonObject();
        answer.addProperty("seq", seq);
        answer.addProperty("is", is);
        answers.add(answer);
        return answer;
    }

    private void refused(int seq, ErrorCode code) {
        answer(seq, "error").addProperty("code", code.name());
    }

    private void event(String kind, Message body) {
        JsonObject event = new JsonObject();
        event.add(kind, RecordedSession.json(body));
        events.add(event);
    }

    // ---- what the client reports ----

    @Override
    public void onWelcome(Welcome welcome) {
        resumed = welcome.getResumed();
    }

    @Override
    public void onMoveRejected(int seq, int x, int y) {
        answer(seq, "move_rejected");
    }

    @Override
    public void onPlayerJoined(ClientRoom room, ClientRoom.Entity entity) {
        event(
                "player_joined",
                PlayerJoined.newBuilder().setEntity(entity(entity)).build());
    }

    @Override
    public void onPlayerLeft(ClientRoom room, PlayerLeft left) {
        event("player_left", left);
    }

    @Override
    public void onChat(ChatMessage chat, long roomSeq) {
        event("chat", chat);
    }

    @Override
    public void onWhisper(WhisperReceived whisper) {
        event("whisper", whisper);
    }

    @Override
    public void onTradeOffered(TradeOffered offered) {
        event("trade_offered", offered);
    }

    @Override
    public void onTradeResult(TradeResult result) {
        event("trade_result", result);
    }

    @Override
    public void onInventoryChanged(InventoryChanged changed) {
        event("inventory_changed", changed);
    }

    @Override
    public void onError(int seq, Error error) {
        refused(seq, error.getCode());
    }

    @Override
    public void onGap(boolean ofRoom, long expected, long received) {
        faults.add("events " + expected + " to " + received + " are missing");
    }

    @Override
    public void onRepeat(boolean ofRoom, long received) {
        faults.add("event " + received + " came again");
    }

    @Override
    public void onFault(String what) {
        faults.add(what);
    }

    @Override
    public void onDisconnected(@Nullable Error error, @Nullable Throwable cause) {
        if (cause != null) {
            faults.add(cause.toString());
        }
        connected = false;
        disconnected = true;
    }

    // ---- the whole view ----

    /** @param isOpen whether there is a connection, and with it possibly a room */
    JsonObject now(TavernClient client, boolean isOpen) {
        JsonObject view = new JsonObject();
        if (isOpen) {
            ClientRoom room = client.room();
            JsonArray entities = new JsonArray();
            if (room != null) {
                room.entities().forEach(entity -> entities.add(RecordedSession.json(entity(entity))));
            }
            view.addProperty("resumed", resumed);
            view.addProperty("room", room == null ? "" : room.name());
            view.add("entities", entities);
            view.add("inventory", RecordedSession.json(client.inventory().toMessage()));
        }
        view.add("answers", answers.deepCopy());
        view.add("lost", lost.deepCopy());
        view.add("events", events.deepCopy());
        return view;
    }

    /** Forgets the answers and events so far, once they were as expected. */
    void forget() {
        answers = new JsonArray();
        lost = new JsonArray();
        events = new JsonArray();
    }

    private static Entity entity(ClientRoom.Entity entity) {
        Entity.Builder message = Entity.newBuilder()
                .setId(entity.id())
                .setPlayer(entity.player())
                .setSeq(entity.seq());
        message.setKind(entity.kind());
        int last = 0;
        for (int attribute = 0; attribute < 8; attribute++) {
            last = entity.attribute(attribute) == 0 ? last : attribute + 1;
        }
        for (int attribute = 0; attribute < last; attribute++) {
            message.addAttributes(entity.attribute(attribute));
        }
        return entity.isInView()
                ? message.setX(entity.x()).setY(entity.y()).build()
                : message.clearSeq().setAway(true).build();
    }
}
