#pragma once
//
// alphabet.hpp -- everything that server.cpp and client.cpp need
//
//   os::call()          turns -1 into an exception
//   os::segment         a System V segment, attached
//   os::gate            a counter in shared memory on which processes can sleep
//   lab::board          what lies in the segment
//   lab::run()          a main() that reports exceptions
//

#include <linux/futex.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <concepts>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <functional>
#include <iostream>
#include <numeric>
#include <ranges>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

namespace os {

[[nodiscard]] inline auto last_error(std::string_view what) -> std::system_error {
    return {errno, std::system_category(), std::string{what}};
}

template <std::signed_integral T>
auto call(std::string_view what, T result) -> T {
    if (result == T{-1}) throw last_error(what);
    return result;
}

/// Can be put where nothing but zero bytes has ever been, and needs no goodbye.
template <typename T>
concept zero_is_valid = std::is_standard_layout_v<T> && std::is_trivially_destructible_v<T>;

template <zero_is_valid T>
class segment {
public:
    /// Makes a new one. What an earlier run forgot is thrown away first.
    static auto make(key_t key) -> segment {
        constexpr auto flags = IPC_CREAT | IPC_EXCL | 0600;
        auto id = ::shmget(key, sizeof(T), flags);
        if (id == -1 && errno == EEXIST) {
            remove(call("shmget of the old segment", ::shmget(key, 0, 0)));
            std::cerr << "removed an old segment\n";
            id = ::shmget(key, sizeof(T), flags);
        }
        return segment{call("shmget", id), true};
    }

    static auto find(key_t key) -> segment { return segment{call("shmget", ::shmget(key, sizeof(T), 0)), false}; }

    segment(segment&& other) noexcept
        : id_{other.id_}, mine_{std::exchange(other.mine_, false)}, at_{std::exchange(other.at_, nullptr)} {}
    auto operator=(segment&&) -> segment& = delete;

    ~segment() {
        if (at_ != nullptr) ::shmdt(at_);
        if (mine_ && ::shmctl(id_, IPC_RMID, nullptr) == -1) std::cerr << last_error("shmctl").what() << '\n';
    }

    /// The same as the destructor, for those who want to know whether it worked.
    void remove() {
        remove(id_);
        mine_ = false;
    }

    auto operator->() const noexcept -> T* { return at_; }

private:
    segment(int id, bool mine) : id_{id}, mine_{mine} {
        void* const at = ::shmat(id, nullptr, 0);
        if (at == reinterpret_cast<void*>(-1)) {
            const auto error = last_error("shmat");
            if (mine) ::shmctl(id, IPC_RMID, nullptr);
            throw error;
        }
        at_ = static_cast<T*>(at);
    }

    static void remove(int id) { call("shmctl", ::shmctl(id, IPC_RMID, nullptr)); }

    int id_;
    bool mine_;
    T* at_ = nullptr;
};

/// Not std::atomic::wait: libstdc++ makes that a futex that only threads of one process share.
class gate {
public:
    void open(std::uint32_t stage) {
        stage_.store(stage, std::memory_order_release);
        call("futex wake", futex(FUTEX_WAKE, INT_MAX));
    }

    void await(std::uint32_t stage) {
        for (;;) {
            const auto now = stage_.load(std::memory_order_acquire);
            if (now >= stage) return;
            if (futex(FUTEX_WAIT, now) == -1 && errno != EAGAIN && errno != EINTR) throw last_error("futex wait");
        }
    }

private:
    auto futex(int operation, std::uint32_t value) -> long {
        return ::syscall(SYS_futex, &stage_, operation, value, nullptr, nullptr, 0);
    }

    static_assert(std::atomic<std::uint32_t>::is_always_lock_free);
    std::atomic<std::uint32_t> stage_;
};

}  // namespace os

namespace lab {

inline constexpr key_t key = 5678;

enum stage : std::uint32_t { nothing, written, read };

struct board {
    os::gate gate;
    std::array<char, 26> letters;
    char zero;
};
static_assert(sizeof(board) >= 27);

/// Runs `body` and makes an exit status of how it went.
inline auto run(std::string_view name, std::invocable auto body) -> int {
    try {
        std::invoke(body);
        return EXIT_SUCCESS;
    } catch (const std::exception& e) {
        std::cerr << name << ": " << e.what() << std::endl;
        return EXIT_FAILURE;
    }
}

}  // namespace lab
