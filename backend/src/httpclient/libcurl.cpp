#include "httpclient/libcurl.hpp"

#include <string>

#include <dlfcn.h>

namespace ingestor::httpclient {
namespace {

constexpr const char* kLibrary = "libcurl.so.4";

std::string last_fault() {
    const char* fault = dlerror();
    return fault != nullptr ? fault : "no such function";
}

Result<Libcurl> open() {
    // Stays for good: its own global state must outlive every thread that used it.
    void* library = dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (library == nullptr) {
        return fail(Errc::unavailable, "libcurl cannot be loaded (" + last_fault() +
                                           "): install the package libcurl4");
    }
    Libcurl curl;
    std::string missing;
    auto find = [library, &missing](auto& function, const char* name) {
        function =
            reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, name));
        if (function == nullptr) missing = name;
    };
    find(curl.global_init, "curl_global_init");
    find(curl.easy_init, "curl_easy_init");
    find(curl.easy_cleanup, "curl_easy_cleanup");
    find(curl.easy_reset, "curl_easy_reset");
    find(curl.easy_setopt, "curl_easy_setopt");
    find(curl.easy_getinfo, "curl_easy_getinfo");
    find(curl.easy_strerror, "curl_easy_strerror");
    find(curl.slist_append, "curl_slist_append");
    find(curl.slist_free_all, "curl_slist_free_all");
    find(curl.multi_init, "curl_multi_init");
    find(curl.multi_cleanup, "curl_multi_cleanup");
    find(curl.multi_setopt, "curl_multi_setopt");
    find(curl.multi_add_handle, "curl_multi_add_handle");
    find(curl.multi_remove_handle, "curl_multi_remove_handle");
    find(curl.multi_perform, "curl_multi_perform");
    find(curl.multi_poll, "curl_multi_poll");
    find(curl.multi_wakeup, "curl_multi_wakeup");
    find(curl.multi_info_read, "curl_multi_info_read");
    find(curl.url, "curl_url");
    find(curl.url_cleanup, "curl_url_cleanup");
    find(curl.url_set, "curl_url_set");
    find(curl.url_get, "curl_url_get");
    find(curl.free, "curl_free");
    if (!missing.empty()) {
        return fail(Errc::unavailable,
                    std::string(kLibrary) + " lacks " + missing + ": it is too old");
    }
    if (curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return fail(Errc::unavailable, "libcurl could not be initialised");
    }
    return curl;
}

}  // namespace

const Result<Libcurl>& Libcurl::load() {
    static const Result<Libcurl> kLibcurl = open();
    return kLibcurl;
}

}  // namespace ingestor::httpclient
