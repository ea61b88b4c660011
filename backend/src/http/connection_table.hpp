#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <unordered_map>

#include <boost/asio/ip/address.hpp>
#include <boost/intrusive/list.hpp>

namespace ingestor::http {

/// Who is connected, and who has to go where room is short.
///
/// How it works: up to the limit everybody is let in. Beyond it a newcomer takes the place of a
/// connection that waits: of the one that has been idle between two requests for longest, else of
/// the one whose head has been on its way for longest; requests under way are never ended for it.
/// An address may hold as many connections as it likes until a quarter of them is left; from there
/// on, what is over its share makes room for its own newcomers first. So whoever fills the server
/// from one address leaves a quarter to all others, and a proxy, through which everybody comes from
/// one address, loses no more than that.
///
/// Every step costs the same however many are connected. Pure: it says whom to end by a call, and
/// opens and closes nothing.
class ConnectionTable {
public:
    struct Limits {
        std::size_t connections_max = 0;
        std::size_t connections_per_address_max = 0;  ///< Where room is short.
        /// Heads of one address of which a part has come: one more ends the oldest.
        std::size_t partial_heads_per_address_max = 0;
    };

    enum class Phase {
        fresh,         ///< Connected, and nothing has come.
        partial_head,  ///< Part of a head has come.
        idle,          ///< Between two requests.
        active,        ///< A request is being answered.
    };

    class Place;

    explicit ConnectionTable(Limits limits) : limits_(limits) {}
    ConnectionTable(const ConnectionTable&) = delete;
    ConnectionTable& operator=(const ConnectionTable&) = delete;

    /// Makes room for one more connection, ending another if need be. False: there is none.
    [[nodiscard]] bool admit(const boost::asio::ip::address& from);
    /// Ends the connection that can best be spared. False: all are active.
    bool evict_one();

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] const Limits& limits() const { return limits_; }

    /// What counts as one address: of IPv6 the network, as a client has a whole one.
    [[nodiscard]] static std::string key_of(const boost::asio::ip::address& address);

private:
    using Hook = boost::intrusive::list_member_hook<
        boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;
    struct Address;

public:
    /// One connection's place, left when it goes. The table outlives it.
    class Place {
    public:
        /// `evict` ends the connection; it is called at most once, and not for an active one.
        Place(ConnectionTable& table, const boost::asio::ip::address& from,
              std::function<void()> evict);
        ~Place();
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;

        void enter(Phase phase);

    private:
        friend class ConnectionTable;
        void leave();

        ConnectionTable& table_;
        Address* address_;  ///< Null once it has been evicted.
        Phase phase_ = Phase::fresh;
        std::function<void()> evict_;
        Hook of_all_;
        Hook of_address_;
    };

private:
    using OfAll =
        boost::intrusive::list<Place, boost::intrusive::member_hook<Place, Hook, &Place::of_all_>,
                               boost::intrusive::constant_time_size<false>>;
    using OfAddress =
        boost::intrusive::list<Place,
                               boost::intrusive::member_hook<Place, Hook, &Place::of_address_>,
                               boost::intrusive::constant_time_size<false>>;
    struct Address {
        std::string key;
        std::size_t connections = 0;
        OfAddress idle;
        OfAddress fresh;
        OfAddress partial_heads;
        std::size_t partial_heads_count = 0;
    };

    bool evict_one_of(Address& address);
    static void evict(Place& place);

    const Limits limits_;
    std::size_t size_ = 0;
    std::unordered_map<std::string, Address> addresses_;
    /// Each with who has been in it for longest in front.
    OfAll idle_;
    OfAll unread_;
};

}  // namespace ingestor::http
