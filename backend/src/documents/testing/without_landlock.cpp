// Starts the test's helper as on a kernel without Landlock, as AWS Lambda's is: its calls answer as
// if they were not there.
#include <cerrno>
#include <initializer_list>

#include <seccomp.h>
#include <unistd.h>

int main(int /*argc*/, char** argv) {
    const auto filter = seccomp_init(SCMP_ACT_ALLOW);
    for (const char* name :
         {"landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"}) {
        const int number = seccomp_syscall_resolve_name(name);
        if (number != __NR_SCMP_ERROR) {
            seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), number, 0);
        }
    }
    if (seccomp_load(filter) != 0) return 1;
    ::execv(TEST_HELPER, argv);
    return 1;
}
