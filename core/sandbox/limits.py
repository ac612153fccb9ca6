"""What a child process may use: memory, time, files. Applied by the child to itself."""

import ctypes
import os
import resource
import struct
import sys
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL
from typing import Final

PR_SET_PDEATHSIG: Final = 1
PR_SET_NO_NEW_PRIVS: Final = 38
CREATE_RULESET: Final = 444
ADD_RULE: Final = 445
RESTRICT_SELF: Final = 446
PATH_BENEATH: Final = 1
READ: Final = 0b1100  # read file, read folder
FILE_READ: Final = 0b0100
# write, read file, read folder, remove file, make file, truncate
WRITE: Final = 1 << 1 | READ | 1 << 5 | 1 << 8 | 1 << 14


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of address space, CPU seconds, bytes per written file, open files.

    `reads` are files, or folders whose files can be read, and `writes` folders that stay
    reachable where the kernel has Landlock; nothing else does, and no network.
    """

    memory: int = 4 << 30
    cpu_seconds: int = 600
    file_bytes: int = 0
    open_files: int = 64
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()


def apply(limits: Limits) -> bool:
    """Bind this process to `limits` for good; return whether Landlock holds as well."""
    os.chdir("/")
    bounds = {
        resource.RLIMIT_AS: limits.memory,
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_CORE: 0,
    }
    for kind, bound in bounds.items():
        try:
            resource.setrlimit(kind, (bound, bound))
        except (ValueError, OSError):  # macOS knows no bound on address space
            continue
    # One second between the bounds: the softer one ends the process with SIGXCPU, which
    # tells the parent that it was time; at the harder one it would only see a kill.
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    if sys.platform != "linux":
        return False
    # A process whose app was killed has nobody to answer, and ends.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, SIGKILL)
    return _landlock(limits)


def landlock_version() -> int:
    """Tell which Landlock this kernel has; 0 for none."""
    if sys.platform != "linux":
        return 0
    asked = (None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    return max(0, int(ctypes.CDLL(None).syscall(CREATE_RULESET, *asked)))


def _landlock(limits: Limits) -> bool:
    """Give up all files and the network, except what `limits` names (Linux 5.13 on).

    It holds for this thread and for those that it starts from now on.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    abi = landlock_version()
    if abi < 1:
        return False
    files = (1 << 13) - 1
    for since, bit in ((2, 13), (3, 14), (5, 15)):
        files |= (1 << bit) if abi >= since else 0
    rules = struct.pack("QQQ", files, 3 if abi >= 4 else 0, 3 if abi >= 6 else 0)  # noqa: PLR2004 - ABI numbers
    size = 8 if abi < 4 else 16 if abi < 6 else 24  # noqa: PLR2004 - ABI numbers
    ruleset = libc.syscall(
        CREATE_RULESET, rules[:size], ctypes.c_size_t(size), ctypes.c_uint32(0)
    )
    for path, access in [
        *((path, FILE_READ) for path in limits.reads),
        *((path, WRITE & files) for path in limits.writes),
    ]:
        if not Path(path).exists():
            continue
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
        rule = struct.pack("=Qi", access, handle)
        libc.syscall(
            ADD_RULE, ruleset, ctypes.c_uint32(PATH_BENEATH), rule, ctypes.c_uint32(0)
        )
        os.close(handle)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    held = libc.syscall(RESTRICT_SELF, ruleset, ctypes.c_uint32(0)) == 0
    os.close(ruleset)
    return bool(held)
