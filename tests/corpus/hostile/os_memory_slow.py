# reject statically: eats memory page by page
x = []
while True: x.append(bytearray(10**6))
