# SPDX-License-Identifier: BSL-1.0
#
# goescape-gdb.py: looking at the collected heap from gdb.
#
#     (gdb) source goescape-gdb.py        (installed beside libgoescape.so gdb loads it by itself)
#     (gdb) goe-heap                      what the heap holds, by layout
#     (gdb) goe-heap p                    what an address is: object, size, layout, marked or new
#     (gdb) goe-heap why p                what keeps it alive: a path from a root
#     (gdb) print p                       a pointer into the heap says so: 0x... <goe: 8 into 24 bytes>
#
# Idea: the runtime's tables say all about an address (internal.h), so this reads them as the collector does, and
# why() walks from the roots as marking does, but breadth first and with names: registers and frames of all
# threads, then variables, then the rest of memory. The path shown is a shortest one.
#
# It needs the runtime's debug information and a live process; nothing in the process is called or changed.
"""Commands and a printer for the collected heap of libgoescape."""

import re
from collections import deque

import gdb

SLAB_SHIFT, BLOCK_SHIFT = 22, 15
SLAB_BLOCKS = 1 << (SLAB_SHIFT - BLOCK_SHIFT)
BLOCK_SIZE = 1 << BLOCK_SHIFT
CLOSURE_APART = 16 << BLOCK_SHIFT
MODE_NONE, MODE_ALL, MODE_MAP, MODE_CLOSURE = range(4)
BLOCK_FREE, BLOCK_CELLS, BLOCK_LARGE, BLOCK_TAIL, BLOCK_DATA = range(5)
ADDRESS = (1 << 48) - 1  # the bits of a word that count


def read_words(at, end):
    """The words of [at, end), or none where it cannot be read."""
    at = (at + 7) & ~7
    if end - at < 8:
        return []
    try:
        data = gdb.selected_inferior().read_memory(at, (end - at) & ~7)
    except gdb.MemoryError:
        return []
    return memoryview(bytes(data)).cast("Q")


class Object:
    """An object of the heap, or the place of one."""

    def __init__(self, base, size, mode, nwords, bits, period, where, state):
        self.base, self.size, self.state, self.where = base, size, state, where
        self.mode, self.nwords, self.bits, self.period = mode, nwords, bits, period

    def layout(self):
        if self.mode == MODE_NONE:
            return "no pointers"
        if self.mode == MODE_CLOSURE:
            return "a closure's code"
        if self.mode == MODE_ALL:
            return "any word may be a pointer"
        words = [str(i) for i in range(64) if self.bits >> i & 1]
        text = "pointers in word%s %s" % ("s" if len(words) > 1 else "", ", ".join(words))
        return text + (" of every %d" % self.period if self.period else "")

    def children(self):
        """(description, word) of each word that may be a pointer."""
        if self.mode == MODE_NONE:
            return
        if self.mode == MODE_CLOSURE:
            chain = self.base + CLOSURE_APART - (self.base & BLOCK_SIZE - 1) // 2 + 8
            for word in read_words(chain, chain + 8):
                yield "chain", word
            return
        words = read_words(self.base, self.base + self.nwords * 8)
        period = self.period or len(words)
        for i, word in enumerate(words):
            if word and (self.mode == MODE_ALL or (i % period < 64 and self.bits >> (i % period) & 1)):
                yield "word %d" % i, word


class Heap:
    """The tables of the stopped process, read once."""

    def __init__(self):
        try:
            self.h = gdb.parse_and_eval("goe__heap_page").reference_value()["h"]
        except gdb.error:
            raise gdb.GdbError("no libgoescape with debug information in this program")
        self.lo, self.hi, self.window = (int(self.h[f]) for f in ("lo", "hi", "window"))
        self.slabs = {}
        self.blocks = {}
        self.runs = None

    def slab(self, at):
        index = (at - self.window) >> SLAB_SHIFT
        if index not in self.slabs:
            slab = self.h["slabs"][index] if self.lo <= at < self.hi else 0
            self.slabs[index] = slab.dereference() if slab else None
        return self.slabs[index]

    def free_cells(self):
        """What threads still have to hand out: [(from, to)]."""
        if self.runs is None:
            self.runs = []
            thread = self.h["threads"]
            while thread:
                cursor = thread["active"]
                while cursor:
                    self.runs.append((int(cursor["limit"]), int(cursor["bump"])))
                    cursor = cursor["next"] if cursor["next"] != cursor else 0
                thread = thread["next"]
        return self.runs

    def block(self, at):
        """Of a block: (state, base, cell, ncells, mode, nwords, map, period or pos, size, back, marks, unswept)."""
        key = at >> BLOCK_SHIFT
        if key not in self.blocks:
            slab = self.slab(at)
            found = None
            if slab is not None:
                slot = key % SLAB_BLOCKS
                b = slab["blocks"][slot]
                marks = sum(int(slab["marks"][slot][w]) << (64 * w) for w in range(32)) if int(b["ncells"]) else int(
                    slab["marks"][slot][0])
                found = {f: int(b[f]) for f in ("state", "cell", "ncells", "mode", "nwords", "map", "period", "pos",
                                                "size", "back")}
                found.update(base=key << BLOCK_SHIFT, marks=marks, unswept=bool(slab["unswept"]),
                             name="block %d of the slab at %#x" % (slot, int(slab["base"])))
            self.blocks[key] = found
        return self.blocks[key]

    def find(self, word):
        """The object that a word points to, or None."""
        at = word & ADDRESS
        if not self.lo <= at < self.hi:
            return None
        b = self.block(at)
        if b is None:
            return None
        if b["state"] == BLOCK_CELLS and b["cell"]:
            cell = (at - b["base"]) // b["cell"]
            if cell >= b["ncells"]:
                return None
            base = b["base"] + cell * b["cell"]
            if b["marks"] >> cell & 1:
                state = "marked by the last collection"
            elif b["unswept"] or cell < b["pos"] or any(lo <= base < hi for lo, hi in self.free_cells()):
                state = "free"
            else:
                state = "allocated since the last collection"
            return Object(base, b["cell"], b["mode"], b["nwords"], b["map"], 0, "cell %d of %s" % (cell, b["name"]),
                          state)
        if b["state"] == BLOCK_TAIL:
            b = self.block(b["base"] - (b["back"] << BLOCK_SHIFT))
        if b is None or b["state"] != BLOCK_LARGE or at > b["base"] + b["size"]:
            return None
        return Object(b["base"], b["size"], b["mode"], b["size"] // 8, b["map"], b["period"], "from " + b["name"],
                      "marked by the last collection" if b["marks"] & 1 else "allocated since the last collection")


# ---- roots ----


def variable_at(at):
    """The name of the variable at an address, or None."""
    text = gdb.execute("info symbol %#x" % at, to_string=True)
    match = re.match(r"(.+?)( \+ \d+)? in section", text)
    return match.group(1) + (match.group(2) or "").replace(" ", "") if match else None


def mappings():
    """(lo, hi, name) of the mappings that may hold pointers, less the runtime's own."""
    pid = gdb.selected_inferior().pid
    own = Heap().h["own"]
    owned = [(int(own["at"][i]["lo"]), int(own["at"][i]["hi"])) for i in range(int(own["n"]))]
    try:
        lines = open("/proc/%d/maps" % pid).read().splitlines()
    except OSError:
        raise gdb.GdbError("goe-heap why needs a live process on this machine")
    for line in lines:
        fields = line.split(None, 5)
        lo, hi = (int(x, 16) for x in fields[0].split("-"))
        name = fields[5] if len(fields) > 5 else ""
        if fields[1][:2] != "rw" or name.startswith("[v") or name.startswith("/dev/dri"):
            continue
        for a, b in owned:
            if a < hi and lo < b:
                if lo < a:
                    yield lo, a, name
                lo = b
        if lo < hi:
            yield lo, hi, name


def present(lo, hi):
    """The parts of [lo, hi) whose pages exist."""
    try:
        with open("/proc/%d/pagemap" % gdb.selected_inferior().pid, "rb") as f:
            f.seek(lo >> 12 << 3)
            entries = memoryview(f.read((hi - lo) >> 12 << 3)).cast("Q")
    except (OSError, ValueError):
        entries = []
    if len(entries) < (hi - lo) >> 12:
        yield lo, hi
        return
    begin = None
    for i, entry in enumerate(entries):
        if entry >> 62:
            begin = i if begin is None else begin
        elif begin is not None:
            yield lo + (begin << 12), lo + (i << 12)
            begin = None
    if begin is not None:
        yield lo + (begin << 12), hi


def roots(heap):
    """(description, word) of all roots, those first whose names say most."""
    selected, stacks = gdb.selected_thread(), []
    frame = gdb.selected_frame() if selected else None
    for thread in gdb.selected_inferior().threads():
        thread.switch()
        newest = gdb.newest_frame()
        stacks.append((int(newest.read_register("sp")), thread.num))
        registers = [r.name for r in newest.architecture().registers("general")]
        for name in registers:
            try:
                yield "register %s of thread %d" % (name, thread.num), int(newest.read_register(name)) & (1 << 64) - 1
            except (gdb.error, TypeError):
                pass
    if selected:
        selected.switch()
        frame.select()
    areas = list(mappings())
    rest = []
    for lo, hi, name in areas:
        sp, num = next(((sp, n) for sp, n in stacks if lo <= sp < hi), (None, None))
        if sp is None:
            rest.append((lo, hi, name))
            continue
        at = (sp - 128) & ~7
        for word in read_words(at, hi):
            if heap.lo <= word & ADDRESS < heap.hi:
                yield "the stack of thread %d at %#x" % (num, at), word
            at += 8
    rest.sort(key=lambda area: not area[2].startswith("/"))  # variables first
    for lo, hi, name in rest:
        for a, b in present(lo, hi):
            at = a
            for word in read_words(a, b):
                if heap.lo <= word & ADDRESS < heap.hi:
                    symbol = variable_at(at)
                    where = "the variable %s" % symbol if symbol else "memory"
                    yield where + " at %#x%s" % (at, " (%s)" % name if name and not symbol else ""), word
                at += 8


def frame_of(at):
    """The function whose frame an address on a stack lies in, in the selected thread."""
    frame = gdb.newest_frame()
    while frame is not None and frame.older() is not None:
        if at < int(frame.older().read_register("sp")):
            return frame.name()
        frame = frame.older()
    return None


def path_to(heap, target):
    """What leads to the object at base `target`: [(description, object)], root first, or None."""
    came, queue = {}, deque()

    def arrive(how, word, parent):
        found = heap.find(word)
        if found is None or found.base in came or found.state == "free":
            return False
        came[found.base] = (how, parent, found)
        queue.append(found)
        return found.base == target

    done = any(arrive(how, word, None) for how, word in roots(heap))
    while queue and not done:
        parent = queue.popleft()
        done = any(arrive(how, word, parent.base) for how, word in parent.children())
    if target not in came:
        return None
    path, at = [], target
    while at is not None:
        how, parent, found = came[at]
        path.append((how, found))
        at = parent
    return path[::-1]


# ---- commands ----


def describe(heap, at):
    found = heap.find(at)
    if found is None:
        return None, "%#x is not in an object of the collected heap" % at
    offset = (at & ADDRESS) - found.base
    place = "the start" if not offset else "byte %d" % offset
    what = "a free cell" if found.state == "free" else "an object"
    return found, "%#x is %s of %s of %d bytes at %#x (%s), %s; %s" % (
        at, place, what, found.size, found.base, found.where, found.layout(), found.state)


def summary(heap):
    h, layouts = heap.h, {}
    for i in range(int(h["nslabs"])):
        slab = h["slab_list"][i].dereference()
        for slot in range(SLAB_BLOCKS):
            b = heap.block(int(slab["base"]) + slot * BLOCK_SIZE)
            if b["state"] == BLOCK_CELLS:
                key = (b["cell"], Object(0, 0, b["mode"], 0, b["map"], 0, "", "").layout())
                blocks, marked = layouts.get(key, (0, 0))
                layouts[key] = (blocks + 1, marked + bin(b["marks"]).count("1"))
            elif b["state"] == BLOCK_LARGE:
                key = (None, "objects of blocks of their own")
                blocks, marked = layouts.get(key, (0, 0))
                layouts[key] = (blocks + (b["size"] >> BLOCK_SHIFT) + 1, marked + (b["marks"] & 1))
    print("%d slabs of 4 MB; after collection %d: %d bytes live in %d objects; %d bytes allocated since" % (
        int(h["nslabs"]), int(h["stats"]["collections"]), int(h["live"]), int(h["live_objects"]),
        int(h["allocated"])))
    for (cell, layout), (blocks, marked) in sorted(layouts.items(), key=lambda item: (item[0][0] or 1 << 30, item[0][1])):
        print("  %s, %s: %d blocks, %d objects marked" % ("%d bytes" % cell if cell else "large", layout, blocks, marked))


class GoeHeap(gdb.Command):
    """Look at the collected heap of libgoescape.

    goe-heap            what it holds, by layout
    goe-heap ADDRESS    what an address is
    goe-heap why ADDRESS    also what keeps the object alive: a path from a root"""

    def __init__(self):
        super().__init__("goe-heap", gdb.COMMAND_DATA, gdb.COMPLETE_EXPRESSION)

    def invoke(self, argument, from_tty):
        heap = Heap()
        why = argument.startswith("why ")
        expression = argument[4:] if why else argument
        if not expression.strip():
            summary(heap)
            return
        at = int(gdb.parse_and_eval(expression).cast(gdb.lookup_type("unsigned long")))
        found, text = describe(heap, at)
        print(text)
        if found is None or not why:
            return
        path = path_to(heap, found.base)
        if path is None:
            print("nothing that gdb can see keeps it alive")
            return
        for number, (how, step) in enumerate(path):
            match = re.match(r"the stack of thread (\d+) at (0x[0-9a-f]+)", how)
            if match and gdb.selected_thread() and int(match.group(1)) == gdb.selected_thread().num:
                name = frame_of(int(match.group(2), 16))
                how += ", in the frame of %s" % name if name else ""
            arrow = "  kept by " if number == 0 else "  -> its "
            print("%s%s, which points to the object at %#x" % (arrow, how, step.base))


class HeapPointer:
    """A pointer into the heap: as gdb prints it, and what it points to."""

    def __init__(self, value, found):
        self.value, self.found = value, found

    def to_string(self):
        offset = (int(self.value) & ADDRESS) - self.found.base
        state = ", free" if self.found.state == "free" else ""
        return "%s <goe: %s%d bytes%s>" % (self.value.format_string(raw=True), "%d into " % offset if offset else "",
                                           self.found.size, state)


def lookup(value):
    if value.type.strip_typedefs().code != gdb.TYPE_CODE_PTR or not int(value):
        return None
    try:
        h = gdb.parse_and_eval("goe__heap_page").reference_value()["h"]
        if not int(h["lo"]) <= int(value) & ADDRESS < int(h["hi"]):
            return None
        found = Heap().find(int(value))
    except (gdb.error, gdb.GdbError):
        return None
    return HeapPointer(value, found) if found else None


GoeHeap()
lookup.name = "goescape"
gdb.pretty_printers[:] = [p for p in gdb.pretty_printers if getattr(p, "name", "") != "goescape"] + [lookup]
