package tavern.examples.hub;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import tavern.examples.hub.v1.Announced;
import tavern.examples.hub.v1.GoTo;
import tavern.examples.hub.v1.HubIn;
import tavern.examples.hub.v1.HubOut;
import tavern.examples.hub.v1.HubState;
import tavern.examples.hub.v1.HubTicket;
import tavern.examples.hub.v1.HubView;
import tavern.game.Admission;
import tavern.game.Game;
import tavern.game.Names;
import tavern.game.Opening;
import tavern.game.Player;
import tavern.game.RoomId;
import tavern.game.Turn;
import tavern.game.Viewer;
import tavern.protocol.v1.ErrorCode;

/** Who comes in, and what is said between hubs. The stalls are in {@link Market}. */
final class Hub implements Game<HubState, HubIn, HubOut> {
    private static final int PASSWORD_CHARACTERS_MAX = 64;
    private static final int INVITED_MAX = 32;
    private static final int ANNOUNCEMENT_CHARACTERS_MAX = 200;
    private static final long BETWEEN_ANNOUNCEMENTS_MILLIS = 10_000;

    @Override
    public HubState open(Opening opening) {
        boolean hosted = Boolean.parseBoolean(opening.settings().get("hosted"));
        return HubState.newBuilder().setHosted(hosted).build();
    }

    @Override
    public Admission admit(HubState hub, Player who, ByteString ticket) {
        HubTicket shown;
        try {
            shown = HubTicket.parseFrom(ticket);
        } catch (InvalidProtocolBufferException e) {
            return Admission.refuse(ErrorCode.BAD_VALUE, "that is not a ticket of this game");
        }
        boolean mayCome = hub.getPassword().isEmpty()
                || hub.getPassword().equals(shown.getPassword())
                || hub.getInvitedList().contains(who.name())
                || hub.getHost() == who.id().value();
        if (!mayCome) {
            return Admission.refuse(ErrorCode.NOT_ALLOWED, "a password or an invitation is needed");
        }
        return shown.getWatch() ? Admission.spectator() : Admission.player();
    }

    @Override
    public HubState joined(HubState hub, Player who, Turn<HubOut> turn) {
        boolean isFirst = hub.getHosted() && hub.getHost() == 0;
        return isFirst ? hub.toBuilder().setHost(who.id().value()).build() : hub;
    }

    @Override
    public HubState on(HubState hub, Player from, HubIn message, Turn<HubOut> turn) {
        return switch (message.getSayCase()) {
            case LOCK -> lock(hub, from, message.getLock(), turn);
            case INVITE -> invite(hub, from, message.getInvite(), turn);
            case PUT_OUT -> putOut(hub, from, message.getPutOut(), turn);
            case SELL -> new Market(hub, turn).sell(from, message.getSell());
            case BUY -> new Market(hub, turn).buy(from, message.getBuy());
            case TAKE_BACK -> new Market(hub, turn).takeBack(from, message.getTakeBack());
            case ANNOUNCE -> announce(hub, from, message.getAnnounce(), turn);
            case GO -> go(hub, from, message.getGo(), turn);
            case SAY_NOT_SET -> throw turn.refuse(ErrorCode.UNSUPPORTED, "this game does not know that message");
        };
    }

    private static HubState lock(HubState hub, Player from, String password, Turn<HubOut> turn) {
        requireHost(hub, from, turn);
        if (password.length() > PASSWORD_CHARACTERS_MAX) {
            throw turn.refuse(ErrorCode.BAD_TEXT, "a password has up to " + PASSWORD_CHARACTERS_MAX + " characters");
        }
        return hub.toBuilder().setPassword(password).clearInvited().build();
    }

    private static HubState invite(HubState hub, Player from, String name, Turn<HubOut> turn) {
        requireHost(hub, from, turn);
        if (!Names.isPlayerName(name)) {
            throw turn.refuse(ErrorCode.BAD_NAME, "that is not a player's name");
        }
        if (hub.getInvitedList().contains(name)) {
            return hub;
        }
        if (hub.getInvitedCount() == INVITED_MAX) {
            throw turn.refuse(ErrorCode.NOT_ALLOWED, INVITED_MAX + " players are invited already");
        }
        return hub.toBuilder().addInvited(name).build();
    }

    private static HubState putOut(HubState hub, Player from, String name, Turn<HubOut> turn) {
        requireHost(hub, from, turn);
        Player guest = turn.present().stream()
                .filter(player -> player.name().equals(name))
                .findFirst()
                .orElseThrow(() -> turn.refuse(ErrorCode.NO_SUCH_PLAYER, "nobody of that name is here"));
        turn.putOut(guest, ErrorCode.NOT_ALLOWED, "the host asks you to leave");
        return hub;
    }

    private static void requireHost(HubState hub, Player from, Turn<HubOut> turn) {
        if (hub.getHost() != from.id().value()) {
            throw turn.refuse(ErrorCode.NOT_ALLOWED, "only the host may do that");
        }
    }

    private static HubState announce(HubState hub, Player from, String text, Turn<HubOut> turn) {
        if (text.isBlank() || text.length() > ANNOUNCEMENT_CHARACTERS_MAX) {
            throw turn.refuse(ErrorCode.BAD_TEXT, "up to " + ANNOUNCEMENT_CHARACTERS_MAX + " characters");
        }
        if (turn.now() < hub.getAnnouncedAtMs() + BETWEEN_ANNOUNCEMENTS_MILLIS) {
            throw turn.refuse(ErrorCode.RATE_LIMITED, "somebody has just announced something");
        }
        Announced announced = Announced.newBuilder()
                .setRoom(turn.room().name())
                .setPlayer(from.name())
                .setText(text)
                .build();
        turn.tellAll(HubOut.newBuilder().setAnnounced(announced).build());
        for (String neighbour : turn.settings().getOrDefault("neighbours", "").split(",", -1)) {
            if (Names.isRoomName(neighbour) && !neighbour.equals(turn.room().name())) {
                turn.signal(new RoomId(neighbour), announced.toByteString());
            }
        }
        return hub.toBuilder().setAnnouncedAtMs(turn.now()).build();
    }

    @Override
    public HubState signalled(HubState hub, RoomId from, ByteString what, Turn<HubOut> turn) {
        try {
            Announced announced = Announced.parseFrom(what);
            turn.tellAll(HubOut.newBuilder().setAnnounced(announced).build());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("room " + from + " sends something else than announcements", e);
        }
        return hub;
    }

    private static HubState go(HubState hub, Player from, GoTo go, Turn<HubOut> turn) {
        if (!Names.isRoomName(go.getRoom())) {
            throw turn.refuse(ErrorCode.BAD_NAME, "that is not the name of a room");
        }
        turn.send(from, new RoomId(go.getRoom()), go.getTicket().toByteString());
        return hub;
    }

    @Override
    public HubOut view(HubState hub, Viewer viewer) {
        HubView.Builder view = HubView.newBuilder()
                .setLocked(!hub.getPassword().isEmpty())
                .setIsHost(hub.getHost() == viewer.player().id().value())
                .setIsSpectator(viewer.isSpectator())
                .addAllOffers(hub.getOffersList());
        return HubOut.newBuilder().setView(view).build();
    }
}
