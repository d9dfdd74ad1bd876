"""The attacker: what published totals tell about cells that are hidden."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

_UNBOUNDED = 3
"""The status by which linprog says that a count has no upper limit."""


@dataclass(frozen=True)
class Sum:
    """A published identity: the cell `total` is the sum of the cells `parts`."""

    total: int
    parts: tuple[int, ...]


def bounds(
    values: Sequence[float],
    sums: Sequence[Sum],
    hidden: Collection[int],
    among: Collection[int] | None = None,
) -> dict[int, tuple[float, float]]:
    """Return, for each hidden cell, the least and greatest count that what is shown allows.

    The attacker knows every shown cell, every sum, and that counts are not negative;
    nothing else. Two linear programs per cell (HiGHS), over the cells that sums tie
    together; a cell that no sum holds is unbounded above. `among` limits the cells
    that are looked at. Source: Hundepool et al., Statistical Disclosure Control (2012),
    4.2, the attacker's problem.
    """
    targets = set(hidden) if among is None else set(among) & set(hidden)
    found: dict[int, tuple[float, float]] = {}
    for cells, equations in _components(sums, sorted(set(hidden))):
        wanted = [cell for cell in cells if cell in targets]
        if wanted:
            found.update(_component_bounds(values, cells, equations, wanted))
    return found


def exposed(
    values: Sequence[float],
    sums: Sequence[Sum],
    hidden: Collection[int],
    protection: float = 1,
    among: Collection[int] | None = None,
) -> set[int]:
    """Return the hidden cells that are known more closely than `protection` persons."""
    known = bounds(values, sums, hidden, among)
    return {cell for cell, (low, high) in known.items() if high - low < protection - 1e-6}


def gives_away(
    values: Sequence[float], whole: Sum, hidden: Collection[int], protection: float = 1
) -> bool:
    """Return whether this one sum alone exposes a hidden cell; no program need be solved."""
    parts = [part for part in whole.parts if part in hidden]
    if whole.total in hidden:
        return not parts
    return len(parts) == 1 or (bool(parts) and sum(values[part] for part in parts) < protection)


def _components(sums: Sequence[Sum], hidden: Sequence[int]) -> list[tuple[list[int], list[Sum]]]:
    """Return the hidden cells in groups that no sum ties together, with their sums."""
    parent = {cell: cell for cell in hidden}

    def root(cell: int) -> int:
        while parent[cell] != cell:
            parent[cell] = parent[parent[cell]]
            cell = parent[cell]
        return cell

    useful: list[tuple[Sum, int]] = []
    for whole in sums:
        unknown = [cell for cell in (whole.total, *whole.parts) if cell in parent]
        if unknown:
            useful.append((whole, unknown[0]))
            for cell in unknown[1:]:
                parent[root(cell)] = root(unknown[0])
    cells: dict[int, list[int]] = {}
    for cell in hidden:
        cells.setdefault(root(cell), []).append(cell)
    equations: dict[int, list[Sum]] = {}
    for whole, cell in useful:
        equations.setdefault(root(cell), []).append(whole)
    return [(group, equations.get(name, [])) for name, group in sorted(cells.items())]


def _component_bounds(
    values: Sequence[float], cells: Sequence[int], equations: Sequence[Sum], wanted: Sequence[int]
) -> dict[int, tuple[float, float]]:
    import numpy as np
    from scipy.optimize import linprog
    from scipy.sparse import lil_array

    if not equations:
        return {cell: (0.0, float("inf")) for cell in wanted}
    column = {cell: place for place, cell in enumerate(cells)}
    matrix = lil_array((len(equations), len(cells)))
    right = np.zeros(len(equations))
    for row, whole in enumerate(equations):
        for cell, sign in [(whole.total, -1.0), *((part, 1.0) for part in whole.parts)]:
            if cell in column:
                matrix[row, column[cell]] += sign
            else:
                right[row] -= sign * values[cell]
    ties = matrix.tocsr()

    def end(cell: int, sign: float) -> float:
        goal = np.zeros(len(cells))
        goal[column[cell]] = sign
        answer = linprog(goal, A_eq=ties, b_eq=right, bounds=(0, None))
        if answer.status not in (0, _UNBOUNDED):
            raise ValueError(f"the published sums contradict each other: {answer.message}")
        return sign * answer.fun if answer.status == 0 else float("inf")

    return {cell: (end(cell, 1.0), end(cell, -1.0)) for cell in wanted}
