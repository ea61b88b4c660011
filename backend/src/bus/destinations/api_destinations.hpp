#pragma once

#include <map>
#include <string>
#include <variant>

#include <boost/asio/awaitable.hpp>

#include "async/mutex.hpp"
#include "base/result.hpp"
#include "domain/names.hpp"
#include "ports/api_destination_store.hpp"
#include "ports/clock.hpp"

namespace ingestor::bus::destinations {

/// Connections and API destinations, in the store for good and in memory for speed. Use from the
/// I/O executor only.
class ApiDestinations {
public:
    template <class T>
    using Answer = boost::asio::awaitable<Result<T>>;

    /// `store` and `clock` outlive it.
    ApiDestinations(boost::asio::any_io_executor executor, ports::ApiDestinationStore& store,
                    const ports::Clock& clock, domain::Names names)
        : store_(store), clock_(clock), names_(std::move(names)), mutex_(std::move(executor)) {}

    /// Reads what there is.
    Answer<std::monostate> open();

    /// Who changes what one of them was holds this from the look at it on.
    boost::asio::awaitable<async::Mutex::Lock> lock() { return mutex_.lock(); }

    [[nodiscard]] const std::map<std::string, ports::Connection>& connections() const {
        return connections_;
    }
    [[nodiscard]] const std::map<std::string, ports::ApiDestination>& destinations() const {
        return destinations_;
    }
    /// By name. nullptr: there is none.
    [[nodiscard]] const ports::Connection* find_connection(const std::string& name) const;
    [[nodiscard]] const ports::ApiDestination* find_destination(const std::string& name) const;
    /// By ARN, of whatever region and account it was made in; one that was deleted and made again
    /// has another.
    [[nodiscard]] const ports::Connection* connection_at(const std::string& arn) const;
    [[nodiscard]] const ports::ApiDestination* destination_at(const std::string& arn) const;

    /// In place of one of that name.
    Answer<std::monostate> put(ports::Connection connection);
    Answer<std::monostate> put(ports::ApiDestination destination);
    Answer<std::monostate> remove_connection(std::string name);
    Answer<std::monostate> remove_destination(std::string name);

    /// What came of asking for a token; nothing where the connection has gone since, or has been
    /// given another client.
    boost::asio::awaitable<void> note_authorization(ports::Connection asked,
                                                    ports::ConnectionState state,
                                                    std::string reason);

private:
    ports::ApiDestinationStore& store_;
    const ports::Clock& clock_;
    domain::Names names_;
    std::map<std::string, ports::Connection> connections_;
    std::map<std::string, ports::ApiDestination> destinations_;
    async::Mutex mutex_;
};

}  // namespace ingestor::bus::destinations
