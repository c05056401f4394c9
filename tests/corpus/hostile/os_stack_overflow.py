# reject statically: recursion until the stack ends
import sys
sys.setrecursionlimit(10**8)
def f(x): return [f(x) for _ in range(2)]
f(1)
