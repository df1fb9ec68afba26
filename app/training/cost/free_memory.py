"""How much memory a device has left."""

from __future__ import annotations

from pathlib import Path

MEMORY_INFORMATION = Path("/proc/meminfo")
CONTROL_GROUP = Path("/sys/fs/cgroup")
SHARE = 0.5
"""Of all memory, where a system does not say how much is free."""


def free_memory(device: str = "cpu") -> int:
    """Return the bytes that can still be taken on a device, "cpu", "cuda:0", ... or "mps"."""
    import torch

    if device.startswith("cuda"):
        return int(torch.cuda.mem_get_info(torch.device(device))[0])
    if device == "mps":
        return int(torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory())
    return min(_of_machine(), _of_control_group())


def _of_machine() -> int:
    try:
        lines = MEMORY_INFORMATION.read_text().splitlines()
    except OSError:
        from compiler.memory import physical_memory

        return int(physical_memory() * SHARE)
    values = {name: int(rest.split()[0]) * 1024 for name, _, rest in (line.partition(":") for line in lines)}
    return values["MemAvailable"]


def _of_control_group() -> int:
    """What a container may still take; without a limit, more than any machine has."""
    try:
        limit = (CONTROL_GROUP / "memory.max").read_text().strip()
        taken = int((CONTROL_GROUP / "memory.current").read_text())
    except (OSError, ValueError):
        return 2**62
    return 2**62 if limit == "max" else max(0, int(limit) - taken)


__all__ = ["free_memory"]
