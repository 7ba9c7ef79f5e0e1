extends Reference
# A client of Tavern for Godot 3, written to be read: a session that is resumed and follows its rooms to other servers, a room,
# chat and moves. Trades, goods and turns of games are left out. The names in brackets, such as P-22, are rules of
# docs/PROTOCOL.md. Call poll() each frame; all signals come out of it.

signal message(body, message)  # each message of the server once, after `entities` knows of it; body: "chat", "joined", ...
# P-81: a "left" with a `reply_to` of 0 was not asked for. When a game puts the player out, an "error" before it says why; do not
# join again by yourself then.
signal server_changed(host, port)  # P-106: the session goes on there; no "welcome" is told, for nothing else has changed
signal session_ended(error)  # P-40: do not connect again by yourself

const Wire = preload("res://wire.gd")
const PROTOCOL_VERSION = 2
const HELLO_MSEC = 10000
const PAUSE_MSEC_MAX = 30000
const FRAME_BYTES_MAX = 16 * 1024 * 1024  # P-4
const HOPS_MAX = 5
const HOPS_MSEC = 10000
const AUTH_THROTTLED = 201
const SESSION_REPLACED = 204
const ROOM_CLOSED = 408

var host: String  # where it connects first, and again when another server is gone
var port: int
var token: String
var first_pause_msec := 1000  # before it connects again, at most, for the first time
var throttled_msec := 60000  # P-7: before it logs in again after too many failures

var player := ""
var room := ""
var self_id := 0
# id -> {player, x, y, seq, in_view, kind, attributes}; places are in 1/16 of a unit. P-83: the kind of an NPC is greater than
# 0. P-85: attributes: number -> value, where those that are 0 may be missing.
var entities := {}
var time_rate := 1.0  # P-112: how fast the room's time passes; walk at max_speed times this
var is_live := false  # connected, and welcomed

# What outlives a connection (P-20, P-21).
var _resume_token := PoolByteArray()
var _seq := 0
var _hello_seq := 0  # of the Hello that has no Welcome yet; 0: none
var _room_seq := 0
var _session_seq := 0

var _peer := StreamPeerTCP.new()
var _at := {}  # the Redirect to the server of now; empty: `host` and `port`
var _is_arriving := false  # at the server of the Redirect, until it says welcome
var _goal := ""  # the room to be in after a Redirect
var _hops := []  # when the player was sent elsewhere, in the last ten seconds
var _is_open := false  # from the attempt to connect until the connection is known to be gone
var _has_greeted := false
var _is_ended := false
var _received := PoolByteArray()
var _unsent := PoolByteArray()
var _idle_msec := 15000
var _resume_msec := 0  # how long the session waits for the next connection; 0: there is none to lose
var _heard_at := 0
var _sent_at := 0
var _connect_at := 0
var _pause_msec := 0


func _init(to_host: String, to_port: int, with_token: String) -> void:
	host = to_host
	port = to_port
	token = with_token


func join(name: String) -> int:
	if is_live:
		_goal = ""
	return _send("join_room", {"room": name})


func leave() -> int:
	return _send("leave_room", {})


# The answer is one's own copy of the line (P-15).
func say(text: String) -> int:
	return _send("chat", {"text": text})


# The answer is "whisper_delivered".
func whisper(to: String, text: String) -> int:
	return _send("whisper", {"to": to, "text": text})


# P-28: a page of rooms comes as "room_list"; `after` is `next` of the page before.
func list_rooms(prefix := "", after := "", page_max := 0) -> int:
	return _send("list_rooms", {"prefix": prefix, "after": after, "max": page_max})


func ping(nonce: int) -> int:
	return _send("ping", {"nonce": nonce})


# P-30: where the player wants to be now. At most `moves_per_second` of the limits count.
func move(x: int, y: int) -> int:
	return _send("move", {"x": x, "y": y})


# P-24: ends the session; poll() once or twice more, so that it is sent.
func bye() -> void:
	_is_ended = true
	if is_live:
		_send("bye", {})


# The own entity; null in the lobby.
func myself():
	return entities.get(self_id)


func poll() -> void:
	var now := OS.get_ticks_msec()
	var status := _peer.get_status()
	if not _is_open:
		if now >= _connect_at and not _is_ended:
			_open(now)
	elif status == StreamPeerTCP.STATUS_CONNECTED:
		if not _has_greeted:
			_peer.set_no_delay(true)
			_hello()
		_read(now)
		_flush()
		_keep_alive(now)
	elif status != StreamPeerTCP.STATUS_CONNECTING or now - _heard_at > HELLO_MSEC:
		_lost(now)


func _open(now: int) -> void:
	_is_open = true
	_has_greeted = false
	_heard_at = now
	_received = PoolByteArray()
	_unsent = PoolByteArray()
	_peer = StreamPeerTCP.new()
	if _peer.connect_to_host(_at.get("host", host), _at.get("port", port)) != OK:
		_lost(now)


# Drops the connection; the session can be resumed, and poll() does so.
func drop() -> void:
	if _is_open:
		_lost(OS.get_ticks_msec())


func _lost(now: int) -> void:
	_peer.disconnect_from_host()
	if not is_live:
		_at = {}  # P-104: any server has the session by its resume token, if that one has not
	_is_open = false
	is_live = false
	_is_arriving = false
	# P-40: by chance, so that the players of a server that has restarted do not come all at once.
	_connect_at = now + _pause_msec + randi() % first_pause_msec
	_pause_msec = int(min(PAUSE_MSEC_MAX, max(first_pause_msec, 2 * _pause_msec)))


# P-11
func _keep_alive(now: int) -> void:
	if not _is_open:
		return
	if now - _heard_at > (_idle_msec if is_live else HELLO_MSEC):
		_lost(now)
	elif is_live and now - _sent_at > _idle_msec / 3:
		ping(1)


# ---- what is said ----


func _hello() -> void:
	_has_greeted = true
	var hello := {"protocol_version": PROTOCOL_VERSION, "token": token, "follows": 1}
	if _resume_token.size() > 0:
		hello["resume_token"] = _at.ticket if _is_arriving and _at.ticket.size() > 0 else _resume_token
		hello["last_session_seq"] = _session_seq
		if room != "":
			hello["last_room"] = room
			hello["last_room_seq"] = _room_seq
	# P-22: the same number until there is a Welcome, which tells what was received before the first of them.
	if _hello_seq == 0:
		_hello_seq = _next_seq()
	_write("hello", hello, _hello_seq)


# Returns the seq of the message; 0 when there is no connection, and nothing was sent.
func _send(body: String, content: Dictionary) -> int:
	return _write(body, content, _next_seq()) if is_live else 0


func _next_seq() -> int:
	_seq = 1 if _seq == 0xffffffff else _seq + 1  # P-10
	return _seq


func _write(body: String, content: Dictionary, seq: int) -> int:
	var message := Wire.write(Wire.CLIENT_MESSAGE, {"seq": seq, body: content})
	_unsent.append_array(Wire.varint_bytes(message.size()))
	_unsent.append_array(message)
	_sent_at = OS.get_ticks_msec()
	return seq


func _flush() -> void:
	if not _is_open or _unsent.size() == 0:
		return
	var sent: Array = _peer.put_partial_data(_unsent)
	if sent[0] == OK and sent[1] > 0:
		_unsent = PoolByteArray() if sent[1] == _unsent.size() else _unsent.subarray(sent[1], -1)


# ---- what is heard ----


func _read(now: int) -> void:
	var available := _peer.get_available_bytes()
	if available > 0:
		_received.append_array(_peer.get_data(available)[1])
		_heard_at = now
	var from := 0
	while _is_open:
		var at := _frame(from)
		if at[1] < 0:
			break
		_hear(Wire.read(Wire.SERVER_MESSAGE, _received, at[0], at[1]), now)
		from = at[1]
	if from > 0:
		_received = PoolByteArray() if from == _received.size() else _received.subarray(from, -1)


# P-2: where the message of the frame at `from` begins and ends; the end is -1 when the frame is not here yet.
func _frame(from: int) -> Array:
	var at := from
	while at < _received.size() and _received[at] > 0x7f and at - from < 5:
		at += 1
	if at >= _received.size():
		return [0, -1]
	var begin := [from]
	var length := Wire.varint(_received, begin)
	if length > FRAME_BYTES_MAX:
		push_error("a frame of %d bytes" % length)
		drop()
		return [0, -1]
	return [begin[0], begin[0] + length if begin[0] + length <= _received.size() else -1]


func _hear(message: Dictionary, now: int) -> void:
	# P-21: what was dealt with is not dealt with again.
	if message.session_seq > 0 and message.session_seq <= _session_seq:
		return
	if message.room_seq > 0 and message.room_seq <= _room_seq and not message.has("joined"):
		return
	var body := ""
	for name in message:
		if message[name] is Dictionary:
			body = name
	match body:
		"welcome":
			_welcomed(message.welcome)
		"joined":
			room = message.joined.room
			self_id = message.joined.self
			_room_seq = 0
			_fill(message.joined.state)
		"left":
			_forget_room()
		"full_state":
			_fill(message.full_state)
		"tick_rate":
			_pass(message.tick_rate.permille)
		"snapshot":
			_apply(message.snapshot)
		"player_joined":
			_add(message.player_joined.entity)
		"player_left":
			entities.erase(message.player_left.id)
		"replayed":
			_find_room()
		"redirect":
			if _follow(message.redirect, message.reply_to, now):
				return
		"error":
			_error(message, now)
	if body == "welcome" and _is_arriving:
		_is_arriving = false
		emit_signal("server_changed", _at.host, _at.port)
		if not message.welcome.resumed:
			emit_signal("message", body, message)
			_find_room()
	elif body != "":
		emit_signal("message", body, message)
	# Only now: what was not dealt with comes again with the next resume. That of a newer server counts, too (P-70).
	_session_seq = int(max(_session_seq, message.session_seq))
	_room_seq = int(max(_room_seq, message.room_seq))


func _welcomed(welcome: Dictionary) -> void:
	is_live = true
	_hello_seq = 0
	player = welcome.player
	_resume_token = welcome.resume_token
	_pause_msec = 0
	_resume_msec = welcome.resume_ms
	if welcome.has("limits"):
		_idle_msec = welcome.limits.idle_ms
	if not welcome.resumed:  # P-20
		_session_seq = 0
		if not _is_arriving:
			_goal = ""
		_forget_room()


# ---- to another server ----


# P-16, P-102, P-105, P-106. Returns whether it goes there, now or, if it was sent on too often, later: then the connection counts
# as lost, and the session stays where it is meanwhile.
func _follow(to: Dictionary, reply_to: int, now: int) -> bool:
	if reply_to == 0 and to.ticket.size() == 0:
		return false
	if is_live:
		_goal = to.room
	var rest := _rest_msec(now)
	if rest > 0:
		if _resume_token.size() > 0 and _resume_msec > 0:
			rest = int(min(rest, _resume_msec / 2))
		_hops.pop_front()  # so that it may be sent on once more after the rest
		_lost(now)
		_connect_at = int(max(_connect_at, now + rest))
		return true
	_hops.append(now)
	if is_live and to.ticket.size() == 0:  # P-16: the session does not go along
		_send("bye", {})
		_flush()
		_resume_token = PoolByteArray()
		_session_seq = 0
		_forget_room()
	_peer.disconnect_from_host()
	_is_open = false
	is_live = false
	_at = to
	_is_arriving = true
	_connect_at = now
	return true


func _rest_msec(now: int) -> int:
	while not _hops.empty() and now - _hops[0] >= HOPS_MSEC:
		_hops.pop_front()
	return 0 if _hops.size() < HOPS_MAX else int(_hops[0]) + HOPS_MSEC - now


# The room that the player was on the way to. No seat has waited if this is another room, or none (P-106).
func _find_room() -> void:
	var goal := _goal
	_goal = ""
	if goal != "" and goal != room:
		join(goal)


func _forget_room() -> void:
	room = ""
	self_id = 0
	_room_seq = 0
	entities = {}


# P-40
func _error(message: Dictionary, now: int) -> void:
	var code: int = message.error.code
	if code == ROOM_CLOSED and message.reply_to == 0:
		_forget_room()  # P-29
	elif code == SESSION_REPLACED and not is_live and _resume_token.size() > 0:
		_lost(now)  # P-22: an earlier try of this Hello has the session
	elif code == AUTH_THROTTLED:
		_pause_msec = throttled_msec
		_lost(now)
	elif code / 100 == 1 or code / 100 == 2:
		_is_ended = true
		_lost(now)
		emit_signal("session_ended", message.error)
	elif code / 100 == 3 or not is_live:
		_lost(now)


# P-32
func _fill(state: Dictionary) -> void:
	_pass(state.tick_rate_permille)
	entities = {}
	for entity in state.entities:
		_add(entity)


func _pass(permille: int) -> void:
	time_rate = 1.0 if permille == 0 else permille / 1000.0


func _add(told: Dictionary) -> void:
	var attributes := {}
	for number in told.attributes.size():
		attributes[number] = told.attributes[number]
	# One's own: who hears the message may keep it.
	entities[told.id] = {
		"id": told.id, "player": told.player, "x": told.x, "y": told.y, "seq": told.seq,
		"in_view": told.away == 0, "kind": told.kind, "attributes": attributes,  # P-36
	}


func _leave_view(entity: Dictionary) -> void:
	entity.in_view = false
	entity.attributes = {}


# P-31, P-37, P-38, P-84, P-85. Each id is told as the difference to the one before it.
func _apply(snapshot: Dictionary) -> void:
	var id := 0
	for i in snapshot.ids.size():
		id += snapshot.ids[i]
		var entity = entities[id]
		entity.x += snapshot.xs[i]
		entity.y += snapshot.ys[i]
		entity.seq = (entity.seq + snapshot.seqs[i]) & 0xffffffff
	if snapshot.anew:
		for entity in entities.values():
			_leave_view(entity)
			if entity.kind > 0:
				entities.erase(entity.id)
	id = 0
	for difference in snapshot.left_ids:
		id += difference
		_leave_view(entities[id])
	id = 0
	for difference in snapshot.vanished_ids:
		id += difference
		entities.erase(id)
	id = 0
	for i in snapshot.entered_ids.size():
		id += snapshot.entered_ids[i]
		var entity = entities[id]
		entity.x = snapshot.entered_xs[i]
		entity.y = snapshot.entered_ys[i]
		entity.seq = snapshot.entered_seqs[i]
		entity.in_view = true
		entity.attributes = {}
	id = 0
	for i in snapshot.appeared_ids.size():
		id += snapshot.appeared_ids[i]
		entities[id] = {
			"id": id, "player": "", "x": snapshot.appeared_xs[i], "y": snapshot.appeared_ys[i], "seq": 0,
			"in_view": true, "kind": snapshot.appeared_kinds[i], "attributes": {},
		}
	id = 0
	for i in snapshot.changed_ids.size():
		id += snapshot.changed_ids[i]
		var attributes: Dictionary = entities[id].attributes
		var number: int = snapshot.changed_attributes[i]
		attributes[number] = attributes.get(number, 0) + snapshot.changed_values[i]
