// A helper that never gets ready.
#include <unistd.h>

int main() {
    while (true) ::pause();
}
