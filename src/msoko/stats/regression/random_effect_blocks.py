"""The random-effects side of a multilevel model, cut into blocks of effects that hang together.

Schools do not share pupils, so the cross-products Z'Z fall into one small block per school;
crossed groupings make one large block. Blocks are padded to equal width: an effect that does
not exist has zero cross-products and so no influence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph, linalg

from msoko.stats.estimators.sample import Vector, as_floats
from msoko.stats.regression.design_matrix import INTERCEPT, Design


@dataclass(frozen=True)
class Pieces:
    """At one θ: log|M|, and the (p+1)-square matrix of [X y]'V⁻¹[X y]."""

    log_determinant: float
    cross: np.ndarray


@dataclass(frozen=True)
class EffectBlocks:
    """Cross-products by block, and where each parameter stands.

    `ztz` (B × q × q), `ztx` (B × q × (p+1)) with [X y], `xtx` ((p+1)-square). `slots`: for
    each θ the arrays (block, row, column) of Λ that it fills. `table` lists every effect:
    group, level, effect, block, row, n. `is_saturated`: terms and effects together fit every row.
    """

    ztz: np.ndarray
    ztx: np.ndarray
    xtx: np.ndarray
    slots: tuple[tuple[np.ndarray, np.ndarray, np.ndarray], ...]
    is_diagonal: np.ndarray
    names: tuple[tuple[str, str, str], ...]
    table: pd.DataFrame
    levels: dict[str, int]
    effects: dict[str, int]
    n: int
    is_saturated: bool

    @property
    def width(self) -> int:
        """The number of effects in the widest block."""
        return self.ztz.shape[1]

    @property
    def terms(self) -> int:
        """The number of fixed terms."""
        return len(self.xtx) - 1

    @property
    def total_squares(self) -> float:
        """The sum of squares of the response."""
        return float(self.xtx[-1, -1])

    def factor(self, theta: Vector) -> np.ndarray:
        """Return Λ(θ), the relative Cholesky factor, by block."""
        factor = np.zeros_like(self.ztz)
        for value, slot in zip(theta, self.slots, strict=True):
            factor[slot] = value
        return factor

    def solve(self, theta: Vector) -> Pieces:
        """Return the pieces of the likelihood at θ; LinAlgError where M cannot be factored."""
        inner, loaded = self._turned(theta)
        lower = np.linalg.cholesky(inner + np.eye(self.width))
        half = np.linalg.solve(lower, loaded)
        diagonal = np.diagonal(lower, axis1=1, axis2=2)
        cross = self.xtx - np.einsum("bij,bik->jk", half, half)
        return Pieces(float(2 * np.log(diagonal).sum()), cross)

    def _turned(self, theta: Vector) -> tuple[np.ndarray, np.ndarray]:
        """Return Λ'Z'ZΛ and Λ'Z'[X y], entry by entry: Λ is almost empty in a wide block."""
        right, inner = np.zeros_like(self.ztz), np.zeros_like(self.ztz)
        loaded = np.zeros_like(self.ztx)
        entries = list(zip(theta, self.slots, strict=True))
        for value, (block, row, column) in entries:
            right[block, :, column] += value * self.ztz[block, :, row]
            loaded[block, column] += value * self.ztx[block, row]
        for value, (block, row, column) in entries:
            inner[block, column] += value * right[block, row]
        return inner, loaded

    def modes(self, theta: Vector, beta: Vector) -> tuple[np.ndarray, np.ndarray]:
        """Return the conditional modes and their variances over σ², each B × q."""
        factor = self.factor(theta)
        turned = factor.transpose(0, 2, 1)
        inner = np.linalg.inv(turned @ self.ztz @ factor + np.eye(self.width))
        spread = factor @ inner @ turned
        score = self.ztx[:, :, -1] - self.ztx[:, :, :-1] @ beta
        modes = np.einsum("bij,bj->bi", spread, score)
        return modes, np.diagonal(spread, axis1=1, axis2=2)

    def effect_table(self, group: str) -> pd.DataFrame:
        """Return the rows of `table` of one grouping; KeyError when there is none."""
        if group not in self.levels:
            raise KeyError(group)
        return self.table[self.table["group"] == group].reset_index(drop=True)

    def variances(self, theta: Vector, residual: float) -> pd.DataFrame:
        """Return every (co)variance component, `group, first, second, value`, residual last."""
        rows = []
        for group in self.levels:
            effects = list(dict.fromkeys(self.effect_table(group)["effect"]))
            factor = np.zeros((len(effects), len(effects)))
            for value, (name, first, second) in zip(theta, self.names, strict=True):
                if name == group:
                    factor[effects.index(first), effects.index(second)] = value
            matrix = residual * factor @ factor.T
            for i, first in enumerate(effects):
                rows.extend(
                    (group, second, first, matrix[i, j])
                    for j, second in enumerate(effects[: i + 1])
                )
        rows.append(("Residual", "", "", residual))
        return pd.DataFrame(rows, columns=["group", "first", "second", "value"])


def effect_blocks(
    frame: pd.DataFrame, rows: Design, random: Mapping[str, Sequence[str]]
) -> EffectBlocks:
    """Return the blocks of the rows in use; `random` as in `multilevel.mixed_model`."""
    columns, effects = [], []
    for group, slopes in random.items():
        codes, levels = _levels(frame.iloc[rows.rows], group)
        counts = np.bincount(codes)
        for effect in (INTERCEPT, *slopes):
            value = (
                np.ones(rows.n)
                if effect == INTERCEPT
                else as_floats(frame[effect].iloc[rows.rows].reset_index(drop=True))
            )
            shape = (rows.n, len(levels))
            columns.append(sparse.csr_array((value, (np.arange(rows.n), codes)), shape=shape))
            effects.append(
                pd.DataFrame({"group": group, "level": levels, "effect": effect, "n": counts})
            )
    design_z = sparse.hstack(columns, format="csc")
    table = pd.concat(effects, ignore_index=True)
    table["block"], table["row"] = _places(design_z, table)
    slots, is_diagonal, names = _slots(table, random)
    ztz, ztx = _cross_products(design_z, rows, table)
    both = np.column_stack([rows.x, rows.y])
    return EffectBlocks(
        ztz,
        ztx,
        both.T @ both,
        slots,
        is_diagonal,
        names,
        table,
        {
            group: int((table["group"] == group).sum() / (1 + len(random[group])))
            for group in random
        },
        {group: int((table["group"] == group).sum()) for group in random},
        rows.n,
        _is_saturated(design_z, rows),
    )


def _is_saturated(design_z: sparse.csc_array, rows: Design) -> bool:
    """Whether nothing is left for a residual: the likelihood then has no maximum."""
    everything = sparse.hstack([sparse.csc_array(rows.x), design_z], format="csr")
    left = linalg.lsmr(everything, rows.y, atol=1e-13, btol=1e-13, maxiter=300)[3]
    return bool(left <= 1e-8 * np.linalg.norm(rows.y))


def _levels(used: pd.DataFrame, group: str) -> tuple[np.ndarray, list[object]]:
    parts = group.split(":")
    if len(parts) == 1:
        codes, levels = pd.factorize(used[group])
        return codes, list(levels)
    keys = pd.MultiIndex.from_frame(used[parts])
    codes, levels = pd.factorize(keys)
    return codes, list(levels)


def _places(design_z: sparse.csc_array, table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return for each effect its block (connected component) and its row in the block.

    Effects of one level stand together in one block even where a slope's column is zero.
    """
    pattern = (design_z != 0).astype(np.int8)
    same_level = table.groupby(["group", "level"], sort=False).ngroup().to_numpy()
    ones = np.ones(len(table), dtype=np.int8)
    level_rows = sparse.csr_array((ones, (same_level, np.arange(len(table)))))
    linked = sparse.vstack([pattern, level_rows])
    _, block = csgraph.connected_components(linked.T @ linked, directed=False)
    row = pd.Series(block).groupby(block).cumcount().to_numpy()
    return block, row


def _slots(
    table: pd.DataFrame, random: Mapping[str, Sequence[str]]
) -> tuple[tuple, np.ndarray, tuple]:
    slots, is_diagonal, names = [], [], []
    for group, slopes in random.items():
        own = table[table["group"] == group]
        effects = (INTERCEPT, *slopes)
        for j, second in enumerate(effects):
            for first in effects[j:]:
                low = own[own["effect"] == first]
                high = own[own["effect"] == second]
                slots.append(
                    (low["block"].to_numpy(), low["row"].to_numpy(), high["row"].to_numpy())
                )
                is_diagonal.append(first == second)
                names.append((group, first, second))
    return tuple(slots), np.array(is_diagonal), tuple(names)


def _cross_products(
    design_z: sparse.csc_array, rows: Design, table: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray]:
    block, row = table["block"].to_numpy(), table["row"].to_numpy()
    shape = (int(block.max()) + 1, int(row.max()) + 1)
    ztz = np.zeros((*shape, shape[1]))
    product = sparse.coo_array(design_z.T @ design_z)
    first, second = product.coords
    ztz[block[first], row[first], row[second]] = product.data
    both = np.column_stack([rows.x, rows.y])
    ztx = np.zeros((*shape, both.shape[1]))
    ztx[block, row] = design_z.T @ both
    return ztz, ztx
