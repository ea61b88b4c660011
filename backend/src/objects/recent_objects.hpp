#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "ports/object_store.hpp"

namespace ingestor::objects {

/// What was put lately, and the bytes of what is small, so that who asks for it next need not wait
/// for the database: a submit comes right behind its uploads, and the work on them behind that.
/// Every change of an object has to pass through here. Bounded: what nobody has asked for the
/// longest goes. Call from the I/O executor only.
class RecentObjects {
public:
    static constexpr std::size_t kObjectsMax = 2'048;
    static constexpr std::size_t kBytesMax = std::size_t{16} << 20;  ///< Of all of them.

    struct Object {
        ports::ObjectInfo info;
        std::shared_ptr<const std::string> bytes;  ///< nullptr: not kept.
    };

    /// A change under way: until all of an object's have ended, nothing is known of it.
    class Change {
    public:
        Change(RecentObjects& recent, const domain::ObjectKey& key);
        Change(Change&& other) noexcept;
        Change& operator=(Change&&) = delete;
        ~Change();

        /// The change is done, and this is what the object is now.
        void became(Object object) { object_ = std::move(object); }

    private:
        RecentObjects* recent_;
        std::string key_;
        std::optional<Object> object_;
    };

    /// nullptr: ask the database. Valid until anything is asked or changed.
    [[nodiscard]] const Object* find(const domain::ObjectKey& key);

private:
    struct Entry {
        std::string key;
        Object object;
    };
    using Place = std::list<Entry>::iterator;

    void begin(const std::string& key);
    void end(const std::string& key, std::optional<Object> object);
    void drop(Place place);

    std::list<Entry> entries_;  ///< What was asked for last comes first.
    std::unordered_map<std::string_view, Place> places_;
    std::size_t bytes_ = 0;
    struct Changes {
        std::size_t under_way = 0;
        bool beside = false;  ///< Some ran beside each other: which of them counts is unknown.
    };
    std::unordered_map<std::string, Changes> changing_;
};

}  // namespace ingestor::objects
