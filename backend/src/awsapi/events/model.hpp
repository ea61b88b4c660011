#pragma once

#include <string_view>

#include "awsapi/json/input.hpp"
#include "awsapi/json/service_error.hpp"
#include "base/result.hpp"

namespace ingestor::awsapi::events {

// Members as EventBridge's model has them (API version 2015-10-07).

inline constexpr std::string_view kNameCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
inline constexpr std::string_view kBusCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_/";
inline constexpr std::string_view kNamePattern = R"([\.\-_A-Za-z0-9]+)";

inline constexpr json::TextRule kName{
    .required = true, .min = 1, .max = 64, .pattern = kNamePattern, .allowed = kNameCharacters};
inline constexpr json::TextRule kNamePrefix{
    .min = 1, .max = 64, .pattern = kNamePattern, .allowed = kNameCharacters};
inline constexpr json::TextRule kBusName{.required = true,
                                         .min = 1,
                                         .max = 256,
                                         .pattern = R"([/\.\-_A-Za-z0-9]+)",
                                         .allowed = kBusCharacters};
inline constexpr json::TextRule kDescription{.max = 512};
inline constexpr json::TextRule kArn{.required = true, .min = 1, .max = 1'600};
inline constexpr json::TextRule kOptionalArn{.min = 1, .max = 1'600};
inline constexpr json::TextRule kEventPattern{.max = 4'096};

// Of requests that are made of events.

inline constexpr std::string_view kPrintable =
    " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"
    "abcdefghijklmnopqrstuvwxyz{|}~\t";
inline constexpr std::string_view kPrintableWithoutColon =
    " !\"#$%&'()*+,-./0123456789;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"
    "abcdefghijklmnopqrstuvwxyz{|}~\t";
inline constexpr std::string_view kArnCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_/:";
/// RFC 9110, section 5.6.2: a token.
inline constexpr json::TextRule kHeaderName{
    .required = true,
    .min = 1,
    .max = 512,
    .pattern = R"([!#$%&'*+-.^_`|~0-9a-zA-Z]+)",
    .allowed = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"};
inline constexpr json::TextRule kHeaderValue{
    .required = true,
    .min = 1,
    .max = 512,
    .pattern = R"([ \t]*[\x20-\x7E]+([ \t]+[\x20-\x7E]+)*[ \t]*)",
    .allowed = kPrintable};
inline constexpr json::TextRule kEndpoint{
    .min = 1,
    .max = 2'048,
    .pattern = R"(^((%[0-9A-Fa-f]{2}|[-()_.!~*';/?:@\x26=+$,A-Za-z0-9])+)([).!';/?:,])?$)",
    .allowed =
        "%-()_.!~*';/?:@&=+$,ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"};

/// How EventBridge calls an error of a use case.
[[nodiscard]] json::ServiceError error_of(const Error& error);

/// Refused where one of the members is there: nothing is done with it here, and a request that
/// counted on it must not seem to have worked.
[[nodiscard]] std::optional<json::ServiceError> refuse_members(
    const json::Input& input, std::initializer_list<std::string_view> names);

/// Refused where more than one of the filters of a list is there.
[[nodiscard]] std::optional<json::ServiceError> refuse_filters(
    std::string_view operation, std::initializer_list<std::string_view> filters);

}  // namespace ingestor::awsapi::events
