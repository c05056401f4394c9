# reject statically: an error text that is no UTF-8
raise ValueError("\ud800\udfff\u202e\x1b[2J" + "x" * 10000)
