#include <sys/shm.h>
#include <unistd.h>

#include <cstdio>
#include <numeric>
#include <span>
#include <system_error>

constexpr key_t key = 5678;
constexpr auto letters = 'z' - 'a' + 1;

int main() {
    const int id = shmget(key, letters, IPC_CREAT | IPC_EXCL | 0600);
    if (id == -1) {
        std::perror("shmget");
        return 1;
    }

    if (void* const p = shmat(id, nullptr, 0); p != reinterpret_cast<void*>(-1)) {
        const std::span<char, letters> text(static_cast<char*>(p), letters);
        std::iota(text.begin(), text.end(), 'a');
        sleep(2);  // TODO: semaphores. For now the client has to hurry
    } else {
        std::perror("shmat");
    }

    if (shmctl(id, IPC_RMID, nullptr) == -1) {
        std::perror("shmctl");
        return 1;
    }
    return 0;
}
