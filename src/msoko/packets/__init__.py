"""A packet for each school: what is wrong in its files, and the files themselves, marked."""

from __future__ import annotations

from msoko.packets.packet_files import write_packets

__all__ = ["write_packets"]
