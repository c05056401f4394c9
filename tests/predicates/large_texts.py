"""Texts of up to 64 kB that are as dear to judge as we could make them: one unit over and over, in some surrounding."""

from collections.abc import Callable

from refinestat.refinegen.predicates.gate import MOST_BRACES, MOST_BYTES, MOST_WORDS, WORDS

IMPORTS = "import numpy as np\nimport pymc as pm\nimport pytensor.tensor as pt\n"
MODEL = "with pm.Model() as model:\n"
ALONE = "with pm.Model():pm.Normal('a')\n"
NAMES = "".join(f"abcdefgh{i}=1\n" for i in range(700))
LONG_NAMES = "".join(f"{'abcdefgh' * 12}{i}=1\n" for i in range(150))
DIMS = "c={" + ",".join(f"'abcdefgh{i}':[1]" for i in range(600)) + "}\n"
FLOATS = "x=np.arange(20000.)\n"


def filled(head: str, unit: str | Callable[[int], str], tail: str = "") -> str:
    """As many units between head and tail as the gate lets through."""
    parts, size, number = [IMPORTS + head], len(IMPORTS + head + tail), 0
    words, braces = len(WORDS.findall(IMPORTS + head + tail)), (head + tail).count("{")
    while True:
        part = unit if isinstance(unit, str) else unit(number)
        size += len(part.encode())
        words += len(WORDS.findall(part))
        braces += part.count("{")
        if size > MOST_BYTES - 8 or words > MOST_WORDS - 8 or braces > MOST_BRACES - 8:
            return "".join(parts) + tail
        parts.append(part)
        number += 1


def nested(line: str, levels: int = 20) -> str:
    return "".join(f"{' ' * i}{line}\n" for i in range(levels)) + " " * levels


TEXTS = {
    "models": filled("", "with pm.Model():\n a=pm.Normal('a')\n"),
    "models of three": filled("", "with pm.Model():\n pm.Normal('a')\n pm.Normal('b')\n pm.Normal('c',0,1)\n"),
    "models refused": filled("", "with pm.Model():\n pm.Normal('a',0,-1)\n"),
    "models filled twice": filled("m=pm.Model()\n", lambda i: f"with m:pm.Normal('a{i}')\n"),
    "models in functions": filled("", "def f():\n " + ALONE),
    "models in deep functions": filled("", nested("def f():") + ALONE),
    "models in deep classes": filled("", nested("class f:") + ALONE),
    "models in deep branches": filled("", nested("if a:") + ALONE),
    "models in deep loops": filled("", nested("for i in a:", 19) + ALONE),
    "variables in deep blocks": filled("", nested("with a:", 19) + "pm.Normal('a')\n"),
    "models in try": filled("", "try:\n " + ALONE + "finally:pass\n"),
    "models among names": filled(NAMES, ALONE),
    "functions": filled("", lambda i: f"def f{i}():pass\n", ALONE),
    "handlers": filled("try:\n " + ALONE, "except A:\n pass\n"),
    "cases": filled("", "match a:\n case 1:pass\n", ALONE),
    "one model": filled(MODEL, lambda i: f" a{i}=pm.Normal('a{i}',0,1)\n"),
    "assignments": filled(MODEL, lambda i: f" a{i}=1\n"),
    "a chain of variables": filled(MODEL + " a0=pm.Normal('a')\n", lambda i: f" a{i + 1}=pm.Normal('a{i}',a{i},1)\n"),
    "sums": filled(MODEL + " b=pm.Normal('b')\n", f" x=b{'+b*b' * 20}\n"),
    "many names near": filled(NAMES + MODEL, lambda i: f" x=abcdefghij{i}\n"),
    "long names near": filled(LONG_NAMES + MODEL, " x=" + "ab" * 50 + "\n"),
    "keywords near": filled("", lambda i: f"with pm.Model():\n pm.Normal('a',sigmaa{i}=1)\n"),
    "functions near": filled("", "with pm.Model():pt.abcdefgh(1)\n"),
    "dimensions near": filled(DIMS, "with pm.Model(coords=c):pm.Normal('x',dims='abcdefghi')\n"),
    "long lists": filled("x=[0.]*1990\n" + MODEL, " y=x-1\n"),
    "lists joined": filled("x=[0.]*990\n" + MODEL, " y=x+x\n"),
    "lists repeated": filled("x=[0.]\n" + MODEL, " y=x*1990\n"),
    "long lists in functions": filled("x=[0.]*1990\n" + MODEL, " y=np.cos(x)\n"),
    "deep lists": filled(MODEL, " x=" + "[" * 58 + "1" + "]" * 58 + "\n"),
    "deep calls": filled(MODEL, " x=" + "f(" * 58 + "1" + ")" * 58 + "\n"),
    "deep indices": filled("x=np.ones(3)\n" + MODEL, " y=" + "x[" * 50 + "0" + "]" * 50 + "\n"),
    "deep shapes": filled("x=np.ones(3)\nz=np.ones(4)\n" + MODEL, " y=" + "(" * 50 + "x+z" + "+z)" * 50 + "\n"),
    "long indices": filled("x=np.ones(3)\n" + MODEL, " y=x[" + "+".join("1" * 90) + "]\n"),
    "comprehensions": filled("".join(f"a{i}=1\n" for i in range(2000)) + MODEL + " x=[", "[i for i in a1],", "]\n"),
    "branches": filled("".join(f"a{i}=1\n" for i in range(1500)) + MODEL, " if z:a1=2\n else:a1=3\n"),
    "numbers": filled("x=[", "1.5,", "]\n" + MODEL + " pm.Normal('a',observed=x)\n"),
    "sorting": filled(FLOATS, "y=np.unique(x)\n", ALONE),
    "percentiles": filled(FLOATS, "y=np.percentile(x,x[:9])\n", ALONE),
    "products": filled("x=np.ones((141,141))\n" + MODEL, " y=x@x\n"),
    "matrices": filled("x=np.eye(100)\n" + MODEL, lambda i: f" pm.MvNormal('a{i}',np.zeros(100),x)\n"),
    "one text": filled(MODEL + " pm.Normal('", "a", "')\n"),
    "comments": filled(MODEL + " pm.Normal('a')\n", "#a\n"),
    "letters of any script": filled(MODEL, lambda i: f" é{i}=ü{i}\n"),
    "not Python": filled(MODEL + " x=[", "a,", "a b]\n"),
}  # fmt: skip
