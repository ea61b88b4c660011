#include "documents/crash_watch.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>

#include <unistd.h>

#include "documents/messages.hpp"
#include "documents/sandbox.hpp"

namespace {

std::atomic<bool> allocation_was_refused = false;

}  // namespace

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

namespace {

void* record_failure(void* memory, std::size_t size) {
    if (memory == nullptr && size != 0)
        allocation_was_refused.store(true, std::memory_order_relaxed);
    return memory;
}

}  // namespace

extern "C" {
// glibc's own names for what stands behind malloc, calloc and realloc.
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);

void* malloc(std::size_t size) {
    return record_failure(__libc_malloc(size), size);
}
void* calloc(std::size_t count, std::size_t size) {
    return record_failure(__libc_calloc(count, size), count * size);
}
void* realloc(void* memory, std::size_t size) {
    return record_failure(__libc_realloc(memory, size), size);
}
}

#endif

namespace ingestor::documents {
namespace {

// A stack overflow leaves no room for a handler on the stack that overflowed.
alignas(16) std::array<std::byte, 16 * 1024> handler_stack;

const std::byte* mapping = nullptr;
std::size_t mapping_bytes = 0;

void on_crash(int signal, siginfo_t* info, void* /*context*/) {
    const auto* const fault = static_cast<const std::byte*>(info->si_addr);
    if (signal == SIGBUS && fault >= mapping && fault < mapping + mapping_bytes) {
        ::_exit(kExitInputUnreadable);
    }
    if (allocation_was_refused.load(std::memory_order_relaxed)) ::_exit(kExitOutOfMemory);
    // The default action is back in force (SA_RESETHAND).
    ::raise(signal);
}

}  // namespace

bool allocation_failed() {
    return allocation_was_refused.load(std::memory_order_relaxed);
}

void reset_allocation_failed() {
    allocation_was_refused.store(false, std::memory_order_relaxed);
}

void watch_mapping(const void* start, std::size_t size_bytes) {
    mapping = static_cast<const std::byte*>(start);
    mapping_bytes = size_bytes;
}

void watch_for_crashes() {
    if (kBuiltWithSanitizer) return;
    const stack_t stack{
        .ss_sp = handler_stack.data(), .ss_flags = 0, .ss_size = handler_stack.size()};
    ::sigaltstack(&stack, nullptr);
    struct sigaction action{};
    action.sa_sigaction = on_crash;
    action.sa_flags = static_cast<int>(SA_SIGINFO | SA_ONSTACK | SA_RESETHAND | SA_NODEFER);
    for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) {
        ::sigaction(signal, &action, nullptr);
    }
}

}  // namespace ingestor::documents
