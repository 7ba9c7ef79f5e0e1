// The server: rooms whose players move, with Colyseus' own state and patches. Told to the parent: its port; on request, its CPU time.
import { createServer } from "node:http";
import { Room, Server } from "@colyseus/core";
import { schema, t } from "@colyseus/schema";
import { WebSocketTransport } from "@colyseus/ws-transport";

const Player = schema({ x: t.uint16(), y: t.uint16() }, "Player");
const Scene = schema({ players: t.map(Player) }, "Scene");

class Hall extends Room {
  onCreate({ size }) {
    this.maxClients = size;
    // As many a second as Tavern ticks.
    this.patchRate = 50;
    this.state = new Scene();
    this.onMessage("move", (client, place) => {
      const player = this.state.players.get(client.sessionId);
      player.x = place[0];
      player.y = place[1];
    });
  }

  onJoin(client) {
    this.state.players.set(client.sessionId, new Player());
  }

  onLeave(client) {
    this.state.players.delete(client.sessionId);
  }
}

const http = createServer();
const server = new Server({ transport: new WebSocketTransport({ server: http }), greet: false });
server.define("hall", Hall).filterBy(["number"]);
await server.listen(0, "127.0.0.1");
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send({ cpuMicros: user + system });
});
process.send({ port: http.address().port });
