#include "eventbridge/patterns/matcher.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "eventbridge/patterns/address.hpp"
#include "eventbridge/patterns/case_folding.hpp"
#include "eventbridge/patterns/number.hpp"

namespace ingestor::eventbridge::patterns {

namespace {

// "JSON limits" of the EventBridge user guide: levels of nesting.
constexpr int kDepthMax = 1'000;

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

template <class Value>
std::string_view bytes_of(const Value& value) {
    return {reinterpret_cast<const char*>(&value), sizeof value};
}

/// The first eight bytes at `from` that belong to a text of `size`; all eight can be read.
std::uint64_t load_head(const char* from, std::size_t size) {
    std::uint64_t head = 0;
    std::memcpy(&head, from, sizeof head);
    return size >= sizeof head ? head : head & ((std::uint64_t{1} << (size * 8)) - 1);
}

/// Marks the bytes of `word` that are `byte`; not zero exactly where there is one (Warren,
/// "Hacker's Delight", 6-1).
std::uint64_t marks(std::uint64_t word, char byte) {
    constexpr std::uint64_t kOnes = 0x0101010101010101;
    const auto zero_where_equal = word ^ (kOnes * static_cast<unsigned char>(byte));
    return (zero_where_equal - kOnes) & ~zero_where_equal & (kOnes << 7);
}

/// Whether a name holds a dot or a backslash. Eight bytes behind it can be read.
bool is_unusual(std::string_view name) {
    for (std::size_t at = 0; at < name.size(); at += 8) {
        const auto word = load_head(name.data() + at, name.size() - at);
        if ((marks(word, '.') | marks(word, '\\')) != 0) return true;
    }
    return false;
}

/// By character: how many brackets it opens, and in the upper half how many it closes.
constexpr std::uint32_t kClosing = 1U << 16;
constexpr auto kBrackets = [] {
    std::array<std::uint32_t, 256> brackets = {};
    brackets['{'] = brackets['['] = 1;
    brackets['}'] = brackets[']'] = kClosing;
    return brackets;
}();

/// False where `text`, which stood between quotes, is no string.
bool unescape(std::string_view text, std::string& plain) {
    boost::system::error_code error;
    const std::string_view quoted(text.data() - 1, text.size() + 2);
    const auto value = boost::json::parse(boost::json::string_view(quoted), error);
    if (error || !value.is_string()) return false;
    plain.assign(value.get_string());
    return true;
}

}  // namespace

Matcher::Matcher(std::shared_ptr<const RuleSet> rules)
    : rules_(std::move(rules)),
      fields_(rules_->fields_.size()),
      conditions_(rules_->conditions_.size()),
      anything_buts_(rules_->anything_buts_),
      matched_(rules_->rules_) {}

std::optional<std::span<const std::uint32_t>> Matcher::match(std::string_view event,
                                                             std::size_t readable) {
    if (readable < event.size() + kPadding) {
        padded_.assign(event);
        padded_.append(kPadding, '\0');
        event = std::string_view(padded_).substr(0, event.size());
    }
    begin_event();
    if (!index_.read(event)) return std::nullopt;
    text_ = event;
    places_ = index_.places();
    if (at(0) != '{' || read_object(0, 1) != places_.size()) return std::nullopt;
    for (const auto condition : conditions_met_) answer_all(rules_->triggered_[condition]);
    for (const auto field : fields_with_values_) answer_all(rules_->fields_[field].conjunctions);
    answer_all(rules_->always_);
    return matches_;
}

void Matcher::begin_event() {
    depth_ = 0;
    matches_.clear();
    fields_with_values_.clear();
    conditions_met_.clear();
    search_.clear();
    if (++event_ != 0) return;
    std::ranges::fill(fields_, FieldState{});
    std::ranges::fill(conditions_, ConditionState{});
    std::ranges::fill(anything_buts_, AnythingButState{});
    std::ranges::fill(matched_, 0U);
    event_ = 1;
}

std::size_t Matcher::end_of(std::size_t token) const {
    std::size_t end = token + 1 < places_.size() ? places_[token + 1] : text_.size();
    while (is_space(text_[end - 1])) --end;
    return end;
}

std::string_view Matcher::string_at(std::size_t token) const {
    const auto begin = places_[token] + 1;
    return text_.substr(begin, end_of(token) - 1 - begin);
}

std::string_view Matcher::word_at(std::size_t token) const {
    const auto begin = places_[token];
    return text_.substr(begin, end_of(token) - begin);
}

std::size_t Matcher::read_value(std::uint32_t node, std::size_t token) {
    const char first = at(token);
    const auto& info = rules_->nodes_[node];
    if (first == '{') {
        if (info.children_begin == info.children_end) return skip_value(token);
        return read_object(node, token + 1);
    }
    if (first == '[') return read_array(node, token + 1);
    if (info.field == kNone) return skip_value(token);
    return read_scalar(info.field, token) ? token + 1 : kMalformed;
}

std::size_t Matcher::read_object(std::uint32_t node, std::size_t token) {
    if (at(token) == '}') return token + 1;
    while (at(token) == '"' && at(token + 1) == ':') {
        const auto child = find_node(node, string_at(token));
        token = child == kNone ? skip_value(token + 2) : read_value(child, token + 2);
        if (at(token) == '}') return token + 1;
        if (at(token) != ',') return kMalformed;
        ++token;
    }
    return kMalformed;
}

std::size_t Matcher::read_array(std::uint32_t node, std::size_t token) {
    if (at(token) == ']') return token + 1;
    if (++depth_ > kDepthMax) return kMalformed;
    const bool joint = rules_->nodes_[node].joint;
    const auto array = joint ? search_.enter_array() : 0;
    for (std::uint32_t index = 0;; ++index) {
        if (joint) search_.enter_element(array, index);
        token = read_value(node, token);
        if (joint) search_.leave_element();
        if (at(token) == ']') break;
        if (at(token) != ',') return kMalformed;
        ++token;
    }
    --depth_;
    return token + 1;
}

std::size_t Matcher::skip_value(std::size_t token) const {
    switch (at(token)) {
        case '{':
        case '[':
            return skip_container(token + 1);
        case '}':
        case ']':
        case ',':
        case ':':
        case '\0':
            return kMalformed;
        default:
            return token + 1;
    }
}

std::size_t Matcher::skip_container(std::size_t token) const {
    constexpr std::size_t kStep = 8;
    const auto* const places = places_.data();
    const auto* const text = reinterpret_cast<const unsigned char*>(text_.data());
    const auto size = places_.size();
    std::size_t depth = 1;
    while (token < size) {
        const auto end = std::min(token + kStep, size);
        std::uint32_t step = 0;
        for (auto at = token; at < end; ++at) step += kBrackets[text[places[at]]];
        if (step / kClosing < depth) {
            // The container cannot end here, so that the order within does not matter.
            depth += step % kClosing;
            depth -= step / kClosing;
            token = end;
            continue;
        }
        while (token < end) {
            const auto one = kBrackets[text[places[token++]]];
            depth += one % kClosing;
            depth -= one / kClosing;
            if (depth == 0) return token;
        }
    }
    return kMalformed;
}

std::uint32_t Matcher::find_node(std::uint32_t node, std::string_view name) {
    const auto found = rules_->child(node, name, load_head(name.data(), name.size()));
    return found != kNone || !is_unusual(name) ? found : find_unusual(node, name);
}

std::uint32_t Matcher::find_unusual(std::uint32_t node, std::string_view name) {
    if (name.find('\\') != std::string_view::npos) {
        if (!unescape(name, unescaped_name_)) return kNone;
    } else {
        unescaped_name_.assign(name);
    }
    unescaped_name_.reserve(unescaped_name_.size() + sizeof(std::uint64_t));
    std::string_view rest = unescaped_name_;
    while (node != kNone) {
        const auto dot = rest.find('.');
        const auto part = rest.substr(0, dot);
        node = rules_->child(node, part, load_head(part.data(), part.size()));
        if (dot == std::string_view::npos) break;
        rest.remove_prefix(dot + 1);
    }
    return node;
}

bool Matcher::read_scalar(std::uint32_t field, std::size_t token) {
    begin_value(field);
    if (needs_no_look()) return skip_value(token) != kMalformed;
    const char first = at(token);
    if (first == '"') return test_string(token);
    if (first == '-' || (first >= '0' && first <= '9')) return test_number(token);
    return test_word(token);
}

void Matcher::begin_value(std::uint32_t field) {
    field_ = field;
    auto& state = fields_[field];
    if (state.event != event_) {
        state = {.event = event_};
        fields_with_values_.push_back(field);
    }
    value_number_ = state.values++;
    if (search_.element() == ArraySearch::kNone) {
        ++state.values_outside;
    } else {
        state.in_arrays = search_.add_value(state.in_arrays, value_number_);
    }
}

bool Matcher::needs_no_look() const {
    const auto& info = rules_->fields_[field_];
    return fields_[field_].met == info.conditions && !info.has_anything_but && !search_.any_array();
}

bool Matcher::test_word(std::size_t token) {
    const auto word = word_at(token);
    auto literal = Literal::null;
    if (word == "true") {
        literal = Literal::yes;
    } else if (word == "false") {
        literal = Literal::no;
    } else if (word != "null") {
        return false;
    }
    const auto number = rules_->fields_[field_].literals.at(static_cast<std::size_t>(literal));
    if (number != kNone) apply(number);
    return true;
}

bool Matcher::test_string(std::size_t token) {
    value_ = string_at(token);
    if (value_.find('\\') != std::string_view::npos) {
        if (!unescape(value_, unescaped_)) return false;
        value_ = unescaped_;
    }
    const auto& field = rules_->fields_[field_];
    if (field.has_equals) apply_found(Space::equals, value_);
    test_affixes(Space::prefix, Space::suffix, field.prefix_lengths, field.suffix_lengths, value_);
    for (const auto wildcard : field.wildcards) {
        apply(Effect(Effect::encode(Effect::Kind::tries, wildcard)));
    }
    if (field.has_folded) {
        fold_case(value_, folded_);
        apply_found(Space::folded_equals, folded_);
        test_affixes(Space::folded_prefix, Space::folded_suffix, field.folded_prefix_lengths,
                     field.folded_suffix_lengths, folded_);
    }
    if (!field.has_addresses) return true;
    if (const auto address = parse_address(value_)) {
        apply_found(Space::address, bytes_of(*address));
        field.address_ranges.visit(*address, [this](std::uint32_t number) { apply(number); });
    }
    return true;
}

void Matcher::test_affixes(Space prefix, Space suffix, const std::vector<std::uint32_t>& prefixes,
                           const std::vector<std::uint32_t>& suffixes, std::string_view value) {
    for (const auto length : prefixes) {
        if (length > value.size()) break;
        apply_found(prefix, value.substr(0, length));
    }
    for (const auto length : suffixes) {
        if (length > value.size()) break;
        apply_found(suffix, value.substr(value.size() - length));
    }
}

bool Matcher::test_number(std::size_t token) {
    const auto text = word_at(token);
    const auto value = parse_number(text);
    const auto& field = rules_->fields_[field_];
    // That takes longer than all the rest, and few values lead anywhere.
    std::optional<bool> comparable;
    const auto compares = [&] {
        if (!comparable) comparable = value && is_comparable(text, *value);
        return *comparable;
    };
    if (value && field.has_numbers) {
        const auto number =
            rules_->texts_.find(RuleSet::in(Space::number, field_), bytes_of(*value));
        if (number != kNone && changes_anything(number) && compares()) apply(number);
        field.number_ranges.visit(*value, [&](std::uint32_t range) {
            if (changes_anything(range) && compares()) apply(range);
        });
    }
    if (field.has_number_texts && !compares()) apply_found(Space::number_text, text);
    return true;
}

void Matcher::apply_found(Space space, std::string_view text) {
    const auto number = rules_->texts_.find(RuleSet::in(space, field_), text);
    if (number != kNone) apply(number);
}

void Matcher::apply(std::uint32_t number) {
    for (const auto code : rules_->effects_[number]) apply(Effect(code));
}

void Matcher::apply(Effect effect) {
    switch (effect.kind) {
        case Effect::Kind::meets:
            return meet(effect.number);
        case Effect::Kind::excludes:
            return exclude(effect.number);
        case Effect::Kind::tries:
            if (!rules_->wildcards_[effect.number].matches(value_)) return;
            for (const auto code : rules_->wildcard_effects_[effect.number]) apply(Effect(code));
    }
}

bool Matcher::changes_anything(std::uint32_t number) const {
    return std::ranges::any_of(rules_->effects_[number], [this](std::uint32_t code) {
        const Effect effect(code);
        return effect.kind != Effect::Kind::meets ||
               conditions_[effect.number].met_outside != event_;
    });
}

void Matcher::meet(std::uint32_t condition) {
    auto& state = conditions_[condition];
    if (state.met != event_) {
        state.met = event_;
        conditions_met_.push_back(condition);
        ++fields_[field_].met;
    }
    if (search_.element() == ArraySearch::kNone) {
        state.met_outside = event_;
        return;
    }
    if (state.met_in_array != event_) {
        state.met_in_array = event_;
        state.in_arrays = ArraySearch::kNone;
    }
    state.in_arrays = search_.add_value(state.in_arrays, value_number_);
}

void Matcher::exclude(std::uint32_t anything_but) {
    auto& state = anything_buts_[anything_but];
    if (state.event != event_) state = {.event = event_};
    if (state.last_value == value_number_) return;
    state.last_value = value_number_;
    ++state.excluded;
    if (search_.element() == ArraySearch::kNone) {
        ++state.excluded_outside;
    } else {
        state.in_arrays = search_.add_value(state.in_arrays, value_number_);
    }
}

void Matcher::answer_all(std::span<const std::uint32_t> conjunctions) {
    for (const auto conjunction : conjunctions) {
        const bool joint = search_.any_array() && rules_->conjunction_joint_[conjunction];
        const auto is_possible = [&](std::uint32_t condition) {
            return is_met(condition) || (joint && is_absent_outside(condition));
        };
        if (!std::ranges::all_of(rules_->conjunction_conditions_[conjunction], is_possible)) {
            continue;
        }
        if (joint && !is_met_consistently(conjunction)) continue;
        for (const auto rule : rules_->conjunction_rules_[conjunction]) {
            if (std::exchange(matched_[rule], event_) != event_) matches_.push_back(rule);
        }
    }
}

bool Matcher::is_met(std::uint32_t condition) const {
    if (conditions_[condition].met == event_) return true;
    const auto& info = rules_->conditions_[condition];
    const auto& field = fields_[info.field];
    const auto values = field.event == event_ ? field.values : 0;
    if (values == 0) return info.absent;
    if (info.exists) return true;
    for (auto i = info.anything_but_begin; i < info.anything_but_end; ++i) {
        const auto& but = anything_buts_[i];
        if (but.event != event_ || but.excluded < values) return true;
    }
    return false;
}

bool Matcher::is_absent_outside(std::uint32_t condition) const {
    const auto& info = rules_->conditions_[condition];
    return info.absent && fields_[info.field].values_outside == 0;
}

bool Matcher::is_met_outside(std::uint32_t condition) const {
    if (conditions_[condition].met_outside == event_) return true;
    const auto& info = rules_->conditions_[condition];
    const auto& field = fields_[info.field];
    if (field.event != event_) return info.absent;
    if (field.values_outside == 0) return false;
    if (info.exists) return true;
    for (auto i = info.anything_but_begin; i < info.anything_but_end; ++i) {
        const auto& but = anything_buts_[i];
        if (but.event != event_ || but.excluded_outside < field.values_outside) return true;
    }
    return false;
}

bool Matcher::is_met_consistently(std::uint32_t conjunction) {
    search_.begin_steps();
    for (const auto condition : rules_->conjunction_conditions_[conjunction]) {
        if (!is_met_outside(condition)) add_step(condition);
    }
    return search_.succeeds();
}

void Matcher::add_step(std::uint32_t condition) {
    const auto& info = rules_->conditions_[condition];
    const auto& state = conditions_[condition];
    const auto& field = fields_[info.field];
    auto& step = search_.add_step();
    if (state.met_in_array == event_) step.met = state.in_arrays;
    step.values = field.in_arrays;
    step.any_value = info.exists;
    step.no_value = is_absent_outside(condition);
    for (auto i = info.anything_but_begin; i < info.anything_but_end; ++i) {
        const auto& but = anything_buts_[i];
        step.excluded.push_back(but.event == event_ ? but.in_arrays : ArraySearch::kNone);
    }
}

}  // namespace ingestor::eventbridge::patterns
