#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

#include "ports/object_store.hpp"

namespace ingestor::objects {

/// What was put lately, so that who asks for it next need not wait for the database: a submit comes
/// right behind its uploads. Every change of an object has to pass through here. Bounded: the
/// oldest go. Call from the I/O executor only.
class RecentObjects {
public:
    static constexpr std::size_t kObjectsMax = 2'048;

    /// A change under way: until all of an object's have ended, nothing is known of it.
    class Change {
    public:
        Change(RecentObjects& recent, const domain::ObjectKey& key);
        Change(Change&& other) noexcept;
        Change& operator=(Change&&) = delete;
        ~Change();

        /// The change is done, and this is what the object is now.
        void became(ports::ObjectInfo info) { info_ = std::move(info); }

    private:
        RecentObjects* recent_;
        std::string key_;
        std::optional<ports::ObjectInfo> info_;
    };

    /// nullptr: ask the database.
    [[nodiscard]] const ports::ObjectInfo* find(const domain::ObjectKey& key) const;

private:
    void begin(const std::string& key);
    void end(const std::string& key, std::optional<ports::ObjectInfo> info);

    std::unordered_map<std::string, ports::ObjectInfo> objects_;
    std::deque<std::string> order_;  ///< As they came; some are gone.
    struct Changes {
        std::size_t under_way = 0;
        bool beside = false;  ///< Some ran beside each other: which of them counts is unknown.
    };
    std::unordered_map<std::string, Changes> changing_;
};

}  // namespace ingestor::objects
