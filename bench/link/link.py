#!/usr/bin/env python3
"""A slow, long or lossy link between two network namespaces, for kernels that lack netem.

    link.py NAMESPACE_A NAMESPACE_B DELAY_MS LOSS_PERCENT MBIT MTU [REORDERED_PERCENT DOUBLED_PERCENT]

Each namespace gets a TUN device, 10.97.0.1 and 10.97.0.2. A packet that is read from one is lost by LOSS_PERCENT, waits
its turn at MBIT (0: unlimited) behind at most QUEUE_S of others, and is written to the other DELAY_MS later; of those that
are reordered up to LATE_S later still. Says `ready` when packets can pass. A line `down` on stdin loses all of them until
`up`. Linux, root.
"""

import ctypes
import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import sys
import time

TUNSETIFF = 0x400454CA  # linux/if_tun.h
IFF_TUN_NO_PI = 0x1001
CLONE_NEWNET = 0x40000000
DEVICE = "rbblink"
# What a router in front of a slow line keeps: the usual tenth of a second.
QUEUE_S = 0.1
LATE_S = 0.05
PACKETS_AT_ONCE = 64


def open_device(namespace, address, mtu):
    """Opens a TUN device inside a namespace; this process stays in its own."""
    libc = ctypes.CDLL(None, use_errno=True)
    own = os.open("/proc/self/ns/net", os.O_RDONLY)
    other = os.open("/run/netns/" + namespace, os.O_RDONLY)
    if libc.setns(other, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")
    try:
        device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", DEVICE.encode(), IFF_TUN_NO_PI))
        subprocess.check_call(["ip", "addr", "add", address, "dev", DEVICE])
        up = ["ip", "link", "set", DEVICE, "up", "mtu", str(mtu), "txqueuelen", "5000"]
        subprocess.check_call(up)
    finally:
        libc.setns(own, CLONE_NEWNET)
    return device


def main():
    namespaces, (delay_ms, loss_percent, mbit) = sys.argv[1:3], map(float, sys.argv[3:6])
    mtu = int(sys.argv[6])
    reordered, doubled = (float(text) / 100 for text in (sys.argv[7:9] or ("0", "0")))
    delay_s, loss, bytes_per_s = delay_ms / 1e3, loss_percent / 100, mbit * 1e6 / 8
    ends = [open_device(name, f"10.97.0.{at + 1}/24", mtu) for at, name in enumerate(namespaces)]
    opposite = {ends[0]: ends[1], ends[1]: ends[0]}
    # When the line of each direction has sent what is queued on it.
    free_at = dict.fromkeys(ends, 0.0)
    chance = random.Random(1)
    under_way, order = [], 0
    poll = select.poll()
    for end in ends:
        poll.register(end, select.POLLIN)
    poll.register(0, select.POLLIN)
    is_down = False
    print("ready", flush=True)
    while True:
        due_ms = max(0, (under_way[0][0] - time.monotonic()) * 1e3) if under_way else None
        for end, _ in poll.poll(due_ms):
            if end == 0:
                said = os.read(0, 64).decode().split()
                if said:
                    is_down = said[-1] == "down"
                else:
                    poll.unregister(0)
                continue
            for _ in range(PACKETS_AT_ONCE):
                try:
                    packet = os.read(end, 65536)
                except BlockingIOError:
                    break
                if is_down or (loss and chance.random() < loss):
                    continue
                now = time.monotonic()
                sent_at = max(now, free_at[end])
                if bytes_per_s:
                    if sent_at - now > QUEUE_S:
                        continue
                    sent_at += len(packet) / bytes_per_s
                free_at[end] = sent_at
                late_s = LATE_S * chance.random() if reordered and chance.random() < reordered else 0
                for _ in range(2 if doubled and chance.random() < doubled else 1):
                    order += 1
                    there_at = sent_at + delay_s + late_s
                    heapq.heappush(under_way, (there_at, order, opposite[end], packet))
        now = time.monotonic()
        while under_way and under_way[0][0] <= now:
            _, _, end, packet = heapq.heappop(under_way)
            try:
                os.write(end, packet)
            except OSError:
                pass  # The other side's queue is full: lost, as on any line.


main()
