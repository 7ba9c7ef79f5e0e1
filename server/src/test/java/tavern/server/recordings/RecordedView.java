package tavern.server.recordings;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tavern.protocol.Protocol;
import tavern.protocol.RecordedSession;
import tavern.protocol.v1.ClientMessage;
import tavern.protocol.v1.Entity;
import tavern.protocol.v1.Hello;
import tavern.protocol.v1.ServerMessage;
import tavern.protocol.v1.Welcome;
import tavern.server.it.Places;
import tavern.server.it.ToldInventory;

/**
 * What a client must know and tell by now, written from the protocol's text, with nothing of a client library's code. What a
 * library makes of the same frames is compared with it.
 */
final class RecordedView {
    private final String token;
    private final Places places = new Places();
    private final SortedMap<Integer, String> members = new TreeMap<>();
    private final Map<Integer, ClientMessage.BodyCase> waiting = new LinkedHashMap<>();
    private JsonArray answers = new JsonArray();
    private JsonArray events = new JsonArray();
    private JsonArray lost = new JsonArray();
    private @Nullable Welcome welcome;
    private final ToldInventory told = new ToldInventory();
    private String room = "";
    private long roomSeq;
    private long sessionSeq;

    RecordedView(String token) {
        this.token = token;
    }

    /** P-20, P-21: where the session goes on, if there is one. */
    Hello.Builder hello() {
        Hello.Builder hello =
                Hello.newBuilder().setProtocolVersion(Protocol.VERSION_MAX).setToken(token);
        if (welcome != null) {
            hello.setResumeToken(welcome.getResumeToken()).setLastSessionSeq(sessionSeq);
        }
        return room.isEmpty() ? hello : hello.setLastRoom(room).setLastRoomSeq(roomSeq);
    }

    void sent(ClientMessage message) {
        switch (message.getBodyCase()) {
            case HELLO, MOVE, BYE -> {}
            default -> waiting.put(message.getSeq(), message.getBodyCase());
        }
    }

    void heard(ServerMessage message) {
        count(message);
        places.hear(message);
        told.heard(message);
        switch (message.getBodyCase()) {
            case WELCOME -> begin(message.getWelcome());
            case JOINED -> {
                room = message.getJoined().getRoom();
                fill(message.getJoined().getState().getEntitiesList());
            }
            case FULL_STATE -> fill(message.getFullState().getEntitiesList());
            case LEFT -> leave();
            case PLAYER_JOINED -> {
                Entity entity = message.getPlayerJoined().getEntity();
                members.put(entity.getId(), entity.getPlayer());
            }
            case PLAYER_LEFT -> members.remove(message.getPlayerLeft().getId());
            default -> {}
        }
        answer(message);
        if ((message.getRoomSeq() != 0 && !message.hasJoined()) || message.getSessionSeq() != 0) {
            JsonObject event = RecordedSession.json(message);
            event.remove("reply_to");
            event.remove("room_seq");
            event.remove("session_seq");
            events.add(event);
        }
    }

    /** P-21: without gaps, and nothing twice. */
    private void count(ServerMessage message) {
        if (message.getSessionSeq() != 0 && message.getSessionSeq() != ++sessionSeq) {
            throw new AssertionError("session_seq " + message.getSessionSeq() + " instead of " + sessionSeq);
        }
        if (message.hasJoined()) {
            roomSeq = message.getRoomSeq();
        } else if (message.getRoomSeq() != 0 && message.getRoomSeq() != ++roomSeq) {
            throw new AssertionError("room_seq " + message.getRoomSeq() + " instead of " + roomSeq);
        }
    }

    private void begin(Welcome now) {
        welcome = now;
        if (!now.getResumed()) {
            sessionSeq = 0;
            leave();
        }
        // P-22: what was received and whose answer has no number, or all of a session that is gone.
        waiting.entrySet().removeIf(request -> {
            boolean gone = !now.getResumed() || !isReplayed(request.getValue());
            if (gone) {
                lost.add(request.getKey());
            }
            return gone;
        });
    }

    private static boolean isReplayed(ClientMessage.BodyCase request) {
        return switch (request) {
            case CHAT, WHISPER, TRADE_OFFER, TRADE_ACCEPT, TRADE_DECLINE, TRADE_CANCEL -> true;
            default -> false;
        };
    }

    private void leave() {
        room = "";
        members.clear();
    }

    private void fill(Iterable<Entity> entities) {
        members.clear();
        entities.forEach(entity -> members.put(entity.getId(), entity.getPlayer()));
    }

    private void answer(ServerMessage message) {
        int seq = message.getReplyTo();
        if (message.hasChat()
                && welcome != null
                && message.getChat().getPlayer().equals(welcome.getPlayer())) {
            seq = message.getChat().getClientSeq();
        }
        boolean isAnswer = waiting.remove(seq) != null || message.hasMoveRejected() || message.hasError();
        if (isAnswer) {
            JsonObject answer = new JsonObject();
            answer.addProperty("seq", seq);
            answer.addProperty("is", body(message));
            if (message.hasError()) {
                answer.addProperty("code", message.getError().getCode().name());
            }
            answers.add(answer);
        }
    }

    private static String body(ServerMessage message) {
        FieldDescriptor field = message.getOneofFieldDescriptor(
                ServerMessage.getDescriptor().getOneofs().get(0));
        return field.getName();
    }

    // ---- what was it ----

    String room() {
        return room;
    }

    ToldInventory told() {
        return told;
    }

    /** Where a player is; null when out of view, or not there. */
    Places.@Nullable Place place(String player) {
        for (Map.Entry<Integer, String> member : members.entrySet()) {
            if (member.getValue().equals(player)) {
                return places.inView().get(member.getKey());
            }
        }
        return null;
    }

    /**
     * All there is to know; what was to be told is forgotten by the call.
     *
     * @param isOpen whether there is a connection
     */
    JsonObject take(boolean isOpen) {
        JsonObject view = new JsonObject();
        if (isOpen && welcome != null) {
            view.addProperty("resumed", welcome.getResumed());
            view.addProperty("room", room);
            view.add("entities", entities());
            view.add("inventory", RecordedSession.json(told.inventory()));
        }
        view.add("answers", answers);
        view.add("lost", lost);
        view.add("events", events);
        answers = new JsonArray();
        lost = new JsonArray();
        events = new JsonArray();
        return view;
    }

    private JsonArray entities() {
        JsonArray entities = new JsonArray();
        members.forEach((id, player) -> {
            Entity.Builder entity = Entity.newBuilder().setId(id).setPlayer(player);
            Places.Place place = places.inView().get(id);
            if (place == null) {
                entity.setAway(true);
            } else {
                entity.setX(place.x()).setY(place.y()).setSeq(place.seq());
            }
            entities.add(RecordedSession.json(entity.build()));
        });
        return entities;
    }
}
