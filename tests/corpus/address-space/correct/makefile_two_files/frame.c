#include "lab.h"

#include <fcntl.h>
#include <unistd.h>

/* linux: Documentation/admin-guide/mm/pagemap.rst */
#define ENTRY_FRAME ((UINT64_C(1) << 55) - 1)
#define ENTRY_PRESENT (UINT64_C(1) << 63)

uint64_t frame_of(const void *address)
{
    uint64_t entry = 0;
    off_t place = (uintptr_t)address / sysconf(_SC_PAGESIZE) * sizeof entry;
    int fd = open("/proc/self/pagemap", O_RDONLY);

    if (fd == -1)
        return 0;
    if (pread(fd, &entry, sizeof entry, place) != sizeof entry)
        entry = 0;
    close(fd);
    return entry & ENTRY_PRESENT ? entry & ENTRY_FRAME : 0;
}
