extends MainLoop
# A player who moves once and hears what is said; on the word "cut" it drops its connection, on "enough" it says what it
# sees and ends: TAVERN_PORT=7777 TAVERN_ROOM=hall godot3-server --path clients/godot3 -s run_session.gd

var client


func _initialize() -> void:
	Engine.target_fps = 100
	client = preload("res://tavern_client.gd").new("127.0.0.1", int(OS.get_environment("TAVERN_PORT")), "godot")
	client.first_pause_msec = 50
	client.throttled_msec = 2000
	client.connect("message", self, "_heard")
	client.connect("server_changed", self, "_moved")
	client.connect("session_ended", self, "_ended")


func _idle(_delta) -> bool:
	client.poll()
	return not client.is_live and client._is_ended


func _heard(body: String, message: Dictionary) -> void:
	match body:
		"welcome":
			print("welcome ", "resumed" if message.welcome.resumed else "new")
			if client.room == "":
				client.join(OS.get_environment("TAVERN_ROOM"))
		"joined":
			client.say("good evening")
			client.move(client.myself().x + 8, client.myself().y)
		"chat":
			print(message.chat.player, ": ", message.chat.text)
			if message.chat.text == "cut":
				client.drop()
			elif message.chat.text == "enough":
				client.say("good night")  # P-23: what is missed comes before the state, but this comes after both
			elif message.chat.text == "good night":
				for entity in client.entities.values():
					print("%s is at %d %d" % [entity.player, entity.x, entity.y])
					if entity.kind > 0 or not entity.attributes.empty():
						print("%d of kind %d has %s" % [entity.id, entity.kind, entity.attributes])
				client.bye()


func _moved(_host: String, port: int) -> void:
	print("at ", port)


func _ended(error: Dictionary) -> void:
	print("ended: ", error.text)
