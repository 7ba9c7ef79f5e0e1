extends MainLoop
# Plays recorded sessions to the client, and compares what it says, knows and has told (docs/CONFORMANCE.md):
# TAVERN_RECORDINGS=FILE:FILE... godot3-server --path clients/godot3 -s run_recordings.gd
# The client has no goods and remembers no requests, so `inventory`, `lost` and the codes of errors are not compared.

const Wire = preload("res://wire.gd")
const STEP_MSEC_MAX = 10000

var files: Array
var passed := 0
var failed := 0

var name: String
var steps: Array
var at := 0  # the step that is under way
var began_at := 0
var is_asked := false
var opened := 0
var lost := 0
var listening: TCP_Server
var peer: StreamPeerTCP
var received := PoolByteArray()
var client
var resumed := false
var answers := []
var events := []


func _initialize() -> void:
	randomize()
	Engine.target_fps = 500
	files = OS.get_environment("TAVERN_RECORDINGS").split(":", false)


# One step, or a part of it, each time; true ends the program.
func _idle(_delta) -> bool:
	if listening == null:
		if files.empty():
			print("%d passed, %d failed" % [passed, failed])
			OS.exit_code = 0 if failed == 0 and passed > 0 else 1
			return true
		_begin(files.pop_front())
		return false
	var was_open: bool = client._is_open
	client.poll()
	if was_open and not client._is_open:
		lost += 1
	var wrong := _step(steps[at])
	if wrong == "":
		at += 1
		began_at = OS.get_ticks_msec()
		is_asked = false
		if at == steps.size():
			_end("")
	elif OS.get_ticks_msec() - began_at > STEP_MSEC_MAX:
		_end("line %d: %s" % [at + 2, wrong])
	return false


func _begin(path: String) -> void:
	var file := File.new()
	if file.open(path, File.READ) != OK:
		push_error("cannot read " + path)
	var lines := file.get_as_text().split("\n", false)
	var about: Dictionary = JSON.parse(lines[0]).result
	name = about.recording
	steps = []
	for i in range(1, lines.size()):
		steps.append(JSON.parse(lines[i]).result)
	at = 0
	began_at = OS.get_ticks_msec()
	opened = 0
	lost = 0
	is_asked = false
	resumed = false
	answers = []
	events = []
	listening = TCP_Server.new()
	var port := 0  # Godot before 3.5 does not tell which one it has taken, so it cannot be any
	while port == 0 or listening.listen(port, "127.0.0.1") != OK:
		port = 20000 + randi() % 40000
	client = preload("res://tavern_client.gd").new("127.0.0.1", port, about.player)
	client.first_pause_msec = 1
	client.connect("message", self, "_heard")


func _end(problem: String) -> void:
	print(name, ": ", "ok" if problem == "" else problem)
	if problem == "":
		passed += 1
	else:
		failed += 1
	client.drop()
	listening.stop()
	listening = null


# Returns what the step waits for; nothing when it is done.
func _step(step: Dictionary) -> String:
	if step.get("connection") == "open":
		if not listening.is_connection_available():
			return "the client does not connect"
		peer = listening.take_connection()
		peer.set_no_delay(true)
		received = PoolByteArray()
		opened += 1
	elif step.get("connection") == "closed":
		peer.disconnect_from_host()
		if lost < opened:
			return "the client does not notice that the connection is closed"
	elif step.has("server"):
		peer.put_data(_bytes(step.frame))
	elif step.has("client"):
		return _says(_bytes(step.frame))
	else:
		var expected := _comparable(step.expect)
		var known := _known(expected.has("room"))
		if not _same(expected, known):
			return "the client knows\n  %s\ninstead of\n  %s" % [known, expected]
		answers = []
		events = []
	return ""


# What the user asks for, and what the client then sends.
func _says(frame: PoolByteArray) -> String:
	var recorded := _message(frame)
	if not is_asked:
		if not recorded.has("hello") and not client.is_live:
			return "the client has not dealt with the welcome"
		is_asked = true
		_ask(recorded)
	if peer.get_available_bytes() > 0:
		received.append_array(peer.get_data(peer.get_available_bytes())[1])
	if received.size() == 0 or received.size() <= received[0]:
		return "the client is silent"
	var length := [0]
	Wire.varint(received, length)
	var end: int = length[0] + Wire.varint(received, [0])
	if received.size() < end:
		return "the client is silent"
	var said := _message(received.subarray(0, end - 1))
	received = PoolByteArray() if received.size() == end else received.subarray(end, -1)
	if said.has("hello"):
		said.hello.follows = recorded.hello.follows
	if not _same(recorded, said) or not _same(said, recorded):
		return "the client says\n  %s\ninstead of\n  %s" % [said, recorded]
	return ""


func _ask(message: Dictionary) -> void:
	if message.has("join_room"):
		client.join(message.join_room.room)
	elif message.has("leave_room"):
		client.leave()
	elif message.has("move"):
		client.move(message.move.x, message.move.y)
	elif message.has("chat"):
		client.say(message.chat.text)
	elif message.has("whisper"):
		client.whisper(message.whisper.to, message.whisper.text)
	elif message.has("list_rooms"):
		client.list_rooms(message.list_rooms.prefix, message.list_rooms.after, message.list_rooms.max)
	elif message.has("ping"):
		client.ping(message.ping.nonce)
	elif message.has("bye"):
		client.bye()


func _heard(body: String, message: Dictionary) -> void:
	if body == "welcome":
		resumed = message.welcome.resumed != 0
		return
	var seq: int = message.reply_to
	if body == "chat" and message.chat.player == client.player:
		seq = message.chat.client_seq
	if seq > 0 or body == "error":
		answers.append({"seq": seq, "is": body})
	if body != "joined" and (message.room_seq > 0 or message.session_seq > 0):
		events.append({body: message[body]})


func _known(is_live: bool) -> Dictionary:
	var known := {"answers": answers, "events": events}
	if is_live:
		var entities := []
		var ids: Array = client.entities.keys()
		ids.sort()
		for id in ids:
			var entity: Dictionary = client.entities[id]
			if entity.in_view:
				entities.append({"id": id, "player": entity.player, "x": entity.x, "y": entity.y, "seq": entity.seq})
			else:
				entities.append({"id": id, "player": entity.player, "away": true})
		known["resumed"] = resumed
		known["room"] = client.room
		known["entities"] = entities
	return known


func _comparable(expect: Dictionary) -> Dictionary:
	var expected := expect.duplicate(true)
	expected.erase("inventory")
	expected.erase("lost")
	for answer in expected.answers:
		answer.erase("code")
	return expected


# In protobuf's JSON defaults are left out, and numbers of 64 bits are strings.
func _same(expected, found) -> bool:
	if expected is Dictionary:
		if not found is Dictionary:
			return false
		for key in found:
			if not expected.has(key) and found[key] and not found[key] is Dictionary:
				return false
		for key in expected:
			if not found.has(key) or not _same(expected[key], found[key]):
				return false
		return true
	if expected is Array:
		if not found is Array or expected.size() != found.size():
			return false
		for i in expected.size():
			if not _same(expected[i], found[i]):
				return false
		return true
	if expected is String and found is int:
		return expected == str(found)
	if expected is bool and found is int:
		return expected == (found != 0)
	return expected == found


func _message(frame: PoolByteArray) -> Dictionary:
	var begin := [0]
	Wire.varint(frame, begin)
	return Wire.read(Wire.CLIENT_MESSAGE, frame, begin[0], frame.size())


func _bytes(hex: String) -> PoolByteArray:
	var bytes := PoolByteArray()
	for i in range(0, hex.length(), 2):
		bytes.append(("0x" + hex.substr(i, 2)).hex_to_int())
	return bytes
