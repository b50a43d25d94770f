#include <sys/shm.h>

#include <iostream>
#include <string_view>

int main() {
    const int id = shmget(5678, 26, 0);
    if (id == -1) {
        std::cerr << "no segment\n";
        return 1;
    }
    const void* const p = shmat(id, nullptr, SHM_RDONLY);
    const std::string_view text(static_cast<const char*>(p), 26);
    if (text.front() == '\0') {
        std::cerr << "nothing in it\n";
        return 1;
    }
    std::cout << text << std::endl;
}
