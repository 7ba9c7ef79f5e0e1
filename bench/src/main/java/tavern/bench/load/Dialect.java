package tavern.bench.load;

import io.netty.channel.ChannelPipeline;
import java.net.InetSocketAddress;

/** The protocol that a server speaks. */
public enum Dialect {
    TAVERN,
    /** In rooms of the type {@code wander}. */
    TAVERN_GAME,

    /** The same protocol in the messages of a WebSocket. */
    TAVERN_IN_WEB_SOCKET,
    REFERENCE;

    LoadPlayer player(LoadLoop loop, String room, int roomNumber, String name, int place) {
        return switch (this) {
            case TAVERN, TAVERN_IN_WEB_SOCKET -> new TavernPlayer(loop, room, "", name, place);
            case TAVERN_GAME -> new TavernPlayer(loop, room, "wander", name, place);
            case REFERENCE -> new ReferencePlayer(loop, roomNumber, place);
        };
    }

    /** Adds what stands between a player and the server. */
    void carry(ChannelPipeline pipeline, InetSocketAddress server) {
        if (this == TAVERN_IN_WEB_SOCKET) {
            WebSocketCarrier.addTo(pipeline, server);
        }
    }
}
