extends Reference
# The messages of the protocol that the client uses, and protobuf's encoding of them. A field of a message is
# number: [name, kind], where kind is UINT, SINT, TEXT, BYTES, FIXED64, or the table of another message; a third
# element says that the field is repeated. What is not in the tables is skipped (P-70).

enum { UINT, SINT, TEXT, BYTES, FIXED64 }

const CHAT_MESSAGE = {1: ["player", TEXT], 2: ["text", TEXT], 3: ["client_seq", UINT], 4: ["at_ms", UINT]}
const ENTITY = {
	1: ["id", UINT], 2: ["player", TEXT], 3: ["x", UINT], 4: ["y", UINT], 5: ["seq", UINT], 6: ["away", UINT],
	7: ["kind", UINT], 8: ["attributes", SINT, true],
}
const FULL_STATE = {1: ["tick", UINT], 2: ["entities", ENTITY, true], 30: ["tick_rate_permille", UINT]}
const SNAPSHOT = {
	1: ["tick", UINT],
	2: ["ids", UINT, true], 3: ["xs", SINT, true], 4: ["ys", SINT, true], 5: ["seqs", UINT, true],
	6: ["entered_ids", UINT, true], 7: ["entered_xs", UINT, true], 8: ["entered_ys", UINT, true],
	9: ["entered_seqs", UINT, true],
	10: ["left_ids", UINT, true], 11: ["anew", UINT],
	12: ["appeared_ids", UINT, true], 13: ["appeared_kinds", UINT, true], 14: ["appeared_xs", UINT, true],
	15: ["appeared_ys", UINT, true],
	16: ["vanished_ids", UINT, true],
	17: ["changed_ids", UINT, true], 18: ["changed_attributes", UINT, true], 19: ["changed_values", SINT, true],
}
const SERVER_MESSAGE = {
	1: ["reply_to", UINT], 2: ["room_seq", UINT], 3: ["session_seq", UINT],
	4: ["snapshot", SNAPSHOT],
	5: ["chat", CHAT_MESSAGE],
	6: ["player_joined", {1: ["entity", ENTITY]}],
	7: ["player_left", {1: ["id", UINT], 2: ["player", TEXT]}],
	8: ["pong", {1: ["nonce", FIXED64], 2: ["server_time_ms", UINT]}],
	9: ["error", {1: ["code", UINT], 2: ["text", TEXT], 3: ["retry_after_ms", UINT]}],
	10: ["move_rejected", {1: ["x", SINT], 2: ["y", SINT]}],
	11: ["full_state", FULL_STATE],
	12: ["welcome", {
		1: ["player", TEXT], 2: ["player_id", UINT], 3: ["session", TEXT], 4: ["resume_token", BYTES],
		5: ["resumed", UINT], 6: ["last_client_seq", UINT], 7: ["tick_hz", UINT], 8: ["resume_ms", UINT],
		9: ["limits", {1: ["frame_bytes_max", UINT], 2: ["idle_ms", UINT], 4: ["moves_per_second", UINT]}],
	}],
	13: ["joined", {
		1: ["room", TEXT], 2: ["self", UINT], 3: ["state", FULL_STATE], 4: ["recent_chat", CHAT_MESSAGE, true],
		6: ["map_width", UINT], 7: ["map_height", UINT], 8: ["max_speed", UINT], 10: ["cell_size", UINT],
	}],
	14: ["left", {1: ["room", TEXT]}],
	15: ["room_list", {
		1: ["rooms", {1: ["room", TEXT], 2: ["players", UINT], 3: ["capacity", UINT], 5: ["type", TEXT]}, true],
		2: ["more", UINT], 3: ["next", TEXT],
	}],
	16: ["whisper", {1: ["from", TEXT], 2: ["text", TEXT], 3: ["at_ms", UINT]}],
	17: ["whisper_delivered", {1: ["to", TEXT]}],
	26: ["redirect", {1: ["host", TEXT], 2: ["port", UINT], 3: ["ticket", BYTES], 4: ["room", TEXT]}],
	28: ["replayed", {}],
	41: ["tick_rate", {1: ["permille", UINT]}],
}
const CLIENT_MESSAGE = {
	1: ["seq", UINT],
	2: ["hello", {
		1: ["protocol_version", UINT], 2: ["token", TEXT], 3: ["resume_token", BYTES],
		4: ["last_room_seq", UINT], 5: ["last_session_seq", UINT], 6: ["last_room", TEXT], 20: ["follows", UINT],
	}],
	3: ["move", {1: ["x", SINT], 2: ["y", SINT]}],
	4: ["chat", {1: ["text", TEXT]}],
	5: ["join_room", {1: ["room", TEXT]}],
	6: ["leave_room", {}],
	7: ["list_rooms", {1: ["prefix", TEXT], 2: ["after", TEXT], 3: ["max", UINT]}],
	8: ["whisper", {1: ["to", TEXT], 2: ["text", TEXT]}],
	13: ["ping", {1: ["nonce", FIXED64]}],
	15: ["bye", {}],
}


# Reads bytes[from] to bytes[to - 1]. Fields that are missing have their defaults, messages that are missing are not there.
static func read(table: Dictionary, bytes: PoolByteArray, from: int, to: int) -> Dictionary:
	var message = {}
	for number in table:
		var field = table[number]
		if field.size() > 2:
			message[field[0]] = []
		elif not field[1] is Dictionary:
			message[field[0]] = {TEXT: "", BYTES: PoolByteArray()}.get(field[1], 0)
	var at = [from]
	while at[0] < to:
		var tag = varint(bytes, at)
		var value
		var begin = at[0]
		match tag & 7:
			0:
				value = varint(bytes, at)
			1:
				at[0] += 8
			2:
				var length = varint(bytes, at)
				begin = at[0]
				at[0] += length
			5:
				at[0] += 4
			_:
				push_error("wire type %d" % (tag & 7))
				return message
		var field = table.get(tag >> 3)
		if field == null:
			continue
		if field[1] is Dictionary:
			add(message, field, read(field[1], bytes, begin, at[0]))
		elif field[1] == TEXT:
			add(message, field, bytes.subarray(begin, at[0] - 1).get_string_from_utf8() if at[0] > begin else "")
		elif field[1] == BYTES:
			add(message, field, bytes.subarray(begin, at[0] - 1) if at[0] > begin else PoolByteArray())
		elif tag & 7 == 0:
			add(message, field, number_of(field[1], value))
		elif tag & 7 == 2:  # packed
			var packed = [begin]
			while packed[0] < at[0]:
				add(message, field, number_of(field[1], varint(bytes, packed)))
	return message


static func add(message: Dictionary, field: Array, value) -> void:
	if field.size() > 2:
		message[field[0]].append(value)
	else:
		message[field[0]] = value


static func number_of(kind: int, value: int) -> int:
	# Zigzag: 0, 1, 2, 3 are 0, -1, 1, -2. The shift keeps the sign, which is a bit of the number here.
	return value if kind == UINT else (value >> 1 & 0x7fffffffffffffff) ^ -(value & 1)


# Reads a varint at at[0], and moves at[0] behind it.
static func varint(bytes: PoolByteArray, at: Array) -> int:
	var value = 0
	for shift in range(0, 70, 7):
		var byte = bytes[at[0]]
		at[0] += 1
		value |= (byte & 0x7f) << shift
		if byte < 0x80:
			break
	return value


static func write(table: Dictionary, message: Dictionary) -> PoolByteArray:
	var bytes = PoolByteArray()
	for number in table:
		var field = table[number]
		if not message.has(field[0]):
			continue
		var value = message[field[0]]
		var kind = field[1]
		if kind is Dictionary or kind == TEXT or kind == BYTES:
			var part = value
			if kind is Dictionary:
				part = write(kind, value)
			elif kind == TEXT:
				part = value.to_utf8()
			bytes.append_array(varint_bytes(number << 3 | 2))
			bytes.append_array(varint_bytes(part.size()))
			bytes.append_array(part)
		elif kind == FIXED64:
			bytes.append_array(varint_bytes(number << 3 | 1))
			for shift in range(0, 64, 8):
				bytes.append(value >> shift & 0xff)
		else:
			bytes.append_array(varint_bytes(number << 3))
			bytes.append_array(varint_bytes(value if kind == UINT else (value << 1) ^ (value >> 63)))
	return bytes


static func varint_bytes(value: int) -> PoolByteArray:
	var bytes = PoolByteArray()
	while value < 0 or value > 0x7f:
		bytes.append(value & 0x7f | 0x80)
		value = value >> 7 & 0x01ffffffffffffff
	bytes.append(value)
	return bytes
