#include "documents/allocation_watch.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>

#include <unistd.h>

#include "documents/messages.hpp"
#include "documents/sandbox.hpp"

namespace {

std::atomic<bool> refused = false;

}  // namespace

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

namespace {

void* noted(void* memory, std::size_t size) {
    if (memory == nullptr && size != 0) refused.store(true, std::memory_order_relaxed);
    return memory;
}

}  // namespace

extern "C" {
// glibc's own names for what stands behind malloc, calloc and realloc.
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);

void* malloc(std::size_t size) {
    return noted(__libc_malloc(size), size);
}
void* calloc(std::size_t count, std::size_t size) {
    return noted(__libc_calloc(count, size), count * size);
}
void* realloc(void* memory, std::size_t size) {
    return noted(__libc_realloc(memory, size), size);
}
}

#endif

namespace ingestor::documents {
namespace {

// A stack overflow leaves no room for a handler on the stack that overflowed.
alignas(16) std::array<std::byte, 16 * 1024> handler_stack;

void on_crash(int signal) {
    if (refused.load(std::memory_order_relaxed)) ::_exit(kExitOutOfMemory);
    // The default action is back in force (SA_RESETHAND).
    ::raise(signal);
}

}  // namespace

bool allocation_failed() {
    return refused.load(std::memory_order_relaxed);
}

void reset_allocation_failed() {
    refused.store(false, std::memory_order_relaxed);
}

void watch_for_crashes() {
    if (kBuiltWithSanitizer) return;
    const stack_t stack{
        .ss_sp = handler_stack.data(), .ss_flags = 0, .ss_size = handler_stack.size()};
    ::sigaltstack(&stack, nullptr);
    struct sigaction action{};
    action.sa_handler = on_crash;
    action.sa_flags = static_cast<int>(SA_ONSTACK | SA_RESETHAND | SA_NODEFER);
    for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) {
        ::sigaction(signal, &action, nullptr);
    }
}

}  // namespace ingestor::documents
