"""The nodes of a syntax tree, as far as a tree may be large."""

import ast

DEEPEST = 100


def nodes_of(root: ast.AST, most: int) -> list[ast.AST] | str:
    """All nodes but operators and contexts, or why there are too many."""
    found, level, depth = [root], [root], 0
    while level:
        depth += 1
        inner: list[ast.AST] = []
        for node in level:
            for name in node._fields:
                value = getattr(node, name, None)
                if type(value) is list:
                    inner += [item for item in value if isinstance(item, ast.AST)]
                elif isinstance(value, ast.AST) and value._fields:
                    inner.append(value)
        level = [node for node in inner if node._fields]
        found += level
        if len(found) > most:
            return f"the statement is too large (more than {most} syntax nodes)"
        if depth > DEEPEST:
            return "expressions are nested too deep"
    return found
