"""What a drawing is compiled into."""

from __future__ import annotations

from torch import fx

from compiler.columns import ColumnPlan


class CompiledNetwork(fx.GraphModule):
    """The module of a drawing.

    A layer's submodule bears the id of its node (`attribute_of` says where nn.Module uses a name itself); neurons of
    one depth and activation are one submodule, a column, as `plan` says. Takes one tensor (batch, *shape) for each
    Input, in the order of adding, and one (batch, n) for all scalar inputs together; returns one tensor, or a tuple
    with one for each Output. `nodes_of_call`: name of an fx node -> ids of the drawing's nodes that it computes, for a
    column in the order of its results.
    """

    attribute_of: dict[str, str]
    plan: ColumnPlan
    nodes_of_call: dict[str, tuple[str, ...]]
    names: dict[str, str]
