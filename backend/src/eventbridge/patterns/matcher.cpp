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

template <class Value>
std::string_view bytes_of(const Value& value) {
    return {reinterpret_cast<const char*>(&value), sizeof value};
}

/// Marks the bytes of `word` that are `byte`; not zero exactly where there is one (Warren,
/// "Hacker's Delight", 6-1).
std::uint64_t marks(std::uint64_t word, char byte) {
    constexpr std::uint64_t kOnes = 0x0101010101010101;
    const auto zero_where_equal = word ^ (kOnes * static_cast<unsigned char>(byte));
    return (zero_where_equal - kOnes) & ~zero_where_equal & (kOnes << 7);
}

/// Whether a name holds a dot or a backslash. NameKey::kReadable bytes behind it can be read.
bool is_unusual(std::string_view name) {
    for (std::size_t at = 0; at < name.size(); at += NameKey::kReadable) {
        const auto word = NameKey(name.substr(at, NameKey::kReadable)).first;
        if ((marks(word, '.') | marks(word, '\\')) != 0) return true;
    }
    return false;
}

/// `text` as it was, with bytes behind it that a NameKey may read.
std::string_view with_padding(std::string& text) {
    const auto size = text.size();
    text.append(NameKey::kReadable, '\0');
    return std::string_view(text).substr(0, size);
}

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
    if (!masks_.read(event)) return std::nullopt;
    text_ = event;
    const auto begin = cursor_at(0).skip_spaces(0);
    if (begin >= event.size() || event[begin] != '{') return std::nullopt;
    const auto end = read_object(0, begin);
    if (end > event.size() || cursor_at(end).skip_spaces(end) < event.size()) return std::nullopt;
    for (const auto conjunctions : triggered_) answer_all(conjunctions);
    for (const auto field : fields_with_values_) answer_all(rules_->fields_[field].conjunctions);
    answer_all(rules_->always_);
    return matches_;
}

void Matcher::begin_event() {
    depth_ = 0;
    matches_.clear();
    fields_with_values_.clear();
    triggered_.clear();
    search_.clear();
    if (++event_ != 0) return;
    std::ranges::fill(fields_, FieldState{});
    std::ranges::fill(conditions_, ConditionState{});
    std::ranges::fill(anything_buts_, AnythingButState{});
    std::ranges::fill(matched_, 0U);
    event_ = 1;
}

std::size_t Matcher::read_object(std::uint32_t node, std::size_t place) {
    auto cursor = cursor_at(place + 1);
    auto separator = cursor.next_separator();
    auto at = cursor.skip_spaces(place + 1);
    if (at == separator && separator < text_.size() && text_[at] == '}') return at + 1;
    while (separator < text_.size() && text_[at] == '"') {
        const auto end_of_name = cursor.end_of_string(at);
        const std::string_view name(&text_[at + 1], end_of_name - at - 1);
        const auto colon = cursor.skip_spaces(end_of_name + 1);
        if (text_[colon] != ':') break;
        const auto child =
            rules_->may_lead_to_child(node, name) ? find_node(node, name) : RuleSet::kNone;
        separator = read_value(child, cursor.skip_spaces(colon + 1), separator, cursor);
        if (separator >= text_.size()) break;
        if (text_[separator] == '}') return separator + 1;
        if (text_[separator] != ',') break;
        at = cursor.skip_spaces(separator + 1);
        separator = cursor.next_separator();
    }
    return JsonCursor::kFailed;
}

std::size_t Matcher::read_array(std::uint32_t node, std::size_t place) {
    auto cursor = cursor_at(place + 1);
    auto separator = cursor.next_separator();
    auto at = cursor.skip_spaces(place + 1);
    if (at == separator && separator < text_.size() && text_[at] == ']') return at + 1;
    if (++depth_ > kDepthMax) return JsonCursor::kFailed;
    const bool joint = rules_->nodes_[node].joint;
    const auto array = joint ? search_.enter_array() : 0;
    for (std::uint32_t index = 0; separator < text_.size(); ++index) {
        if (joint) search_.enter_element(array, index);
        separator = read_value(node, at, separator, cursor);
        if (joint) search_.leave_element();
        if (separator >= text_.size()) break;
        if (text_[separator] == ']') {
            --depth_;
            return separator + 1;
        }
        if (text_[separator] != ',') break;
        at = cursor.skip_spaces(separator + 1);
        separator = cursor.next_separator();
    }
    return JsonCursor::kFailed;
}

/// Reads the value at `place`, behind which `separator` is the next, unless it is a container.
/// Returns the separator behind it, or JsonCursor::kFailed. `node` may be kNone.
[[gnu::always_inline]] inline std::size_t Matcher::read_value(std::uint32_t node, std::size_t place,
                                                              std::size_t separator,
                                                              JsonCursor& cursor) {
    if (place == separator) {
        const auto end = read_container(node, place);
        if (end >= text_.size()) return JsonCursor::kFailed;
        cursor.jump(end);
        separator = cursor.next_separator();
        return cursor.skip_spaces(end) == separator ? separator : JsonCursor::kFailed;
    }
    if (node == kNone) return separator;
    const auto field = rules_->nodes_[node].field;
    if (field == kNone || read_scalar(field, place, separator, cursor)) return separator;
    return JsonCursor::kFailed;
}

std::size_t Matcher::read_container(std::uint32_t node, std::size_t place) {
    const char bracket = text_[place];
    if (bracket != '{' && bracket != '[') return JsonCursor::kFailed;
    if (node != kNone) {
        if (bracket == '[') return read_array(node, place);
        const auto& info = rules_->nodes_[node];
        if (info.children_begin != info.children_end) return read_object(node, place);
    }
    return JsonCursor::end_of_container(text_, masks_.blocks(), place);
}

[[gnu::always_inline]] inline bool Matcher::read_scalar(std::uint32_t field, std::size_t place,
                                                        std::size_t separator,
                                                        const JsonCursor& cursor) {
    if (!begin_value(field)) return true;
    if (text_[place] == '"') {
        const auto end = cursor.end_of_string(place);
        return cursor.skip_spaces(end + 1) == separator &&
               test_string({&text_[place + 1], end - place - 1});
    }
    auto end = separator;
    while (static_cast<unsigned char>(text_[end - 1]) <= ' ') --end;
    return test_literal({&text_[place], end - place});
}

std::uint32_t Matcher::find_node(std::uint32_t node, std::string_view name) {
    const auto found = rules_->child(node, name);
    return found != kNone || !is_unusual(name) ? found : find_unusual(node, name);
}

std::uint32_t Matcher::find_unusual(std::uint32_t node, std::string_view name) {
    if (name.find('\\') != std::string_view::npos) {
        if (!unescape(name, unescaped_name_)) return kNone;
    } else {
        unescaped_name_.assign(name);
    }
    auto rest = with_padding(unescaped_name_);
    while (node != kNone) {
        const auto dot = rest.find('.');
        const auto part = rest.substr(0, dot);
        node = rules_->child(node, part);
        if (dot == std::string_view::npos) break;
        rest.remove_prefix(dot + 1);
    }
    return node;
}

[[gnu::always_inline]] inline bool Matcher::begin_value(std::uint32_t field) {
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
    const auto& info = rules_->fields_[field];
    return state.met != info.conditions || info.has_anything_but || search_.any_array();
}

bool Matcher::test_literal(std::string_view text) {
    if (text.empty()) return false;
    if (text.front() != '-' && (text.front() < '0' || text.front() > '9')) return test_word(text);
    test_number(text);
    return true;
}

bool Matcher::test_word(std::string_view word) {
    auto literal = Literal::null;
    if (word == "true") {
        literal = Literal::yes;
    } else if (word == "false") {
        literal = Literal::no;
    } else if (word != "null") {
        return false;
    }
    const auto place = rules_->fields_[field_].literals.at(static_cast<std::size_t>(literal));
    if (place != kNone) apply(place);
    return true;
}

bool Matcher::test_string(std::string_view raw) {
    value_ = raw;
    if (masks_.has_escapes() && raw.find('\\') != std::string_view::npos) {
        if (!unescape(raw, unescaped_)) return false;
        value_ = with_padding(unescaped_);
    }
    const auto& field = rules_->fields_[field_];
    test_texts(field.texts, false, value_);
    for (const auto wildcard : field.wildcards) {
        apply(Effect(Effect::encode(Effect::Kind::tries, wildcard), 0));
    }
    if (field.has_folded) {
        fold_case(value_, folded_);
        test_texts(field.folded_texts, true, with_padding(folded_));
    }
    if (!field.has_addresses) return true;
    if (const auto address = parse_address(value_)) {
        apply_found(Space::address, bytes_of(*address));
        field.address_ranges.visit(*address, [this](auto place) { apply(place); });
    }
    return true;
}

void Matcher::test_texts(const std::array<TextTests, RuleSet::kParts>& tests, bool ignore_case,
                         std::string_view value) {
    for (std::size_t i = 0; i < tests.size(); ++i) {
        if (tests[i].empty()) continue;
        const auto part = static_cast<RuleSet::Part>(i);
        tests[i].visit(part, value, rules_->effects_,
                       RuleSet::in(RuleSet::text_space(part, ignore_case), field_),
                       [this](auto place) { apply(place); });
    }
}

void Matcher::test_number(std::string_view text) {
    const auto value = parse_number(text);
    const auto& field = rules_->fields_[field_];
    // That takes longer than all the rest, and few values lead anywhere.
    std::optional<bool> comparable;
    const auto compares = [&] {
        if (!comparable) comparable = value && is_comparable(text, *value);
        return *comparable;
    };
    if (value && field.has_numbers) {
        const auto apply_comparable = [&](EffectTable::Place place) {
            if (changes_anything(place) && compares()) apply(place);
        };
        field.numbers.visit(RuleSet::Part::whole, bytes_of(*value), rules_->effects_,
                            RuleSet::in(Space::number, field_), apply_comparable);
        field.number_ranges.visit(*value, apply_comparable);
    }
    if (field.has_number_texts && !compares()) apply_found(Space::number_text, text);
}

void Matcher::apply_found(Space space, std::string_view text) {
    const auto place = rules_->effects_.find(RuleSet::in(space, field_), text);
    if (place != kNone) apply(place);
}

void Matcher::apply(EffectTable::Place place) {
    RuleSet::visit_effects(rules_->effects_.effects(place),
                           [this](const Effect& effect) { apply(effect); });
}

void Matcher::apply(const Effect& effect) {
    switch (effect.kind) {
        case Effect::Kind::meets:
            return meet(effect.number, effect.triggered);
        case Effect::Kind::excludes:
            return exclude(effect.number);
        case Effect::Kind::tries:
            if (!rules_->wildcards_[effect.number].matches(value_)) return;
            RuleSet::visit_effects(rules_->wildcard_effects_[effect.number],
                                   [this](const Effect& met) { apply(met); });
            return;
        case Effect::Kind::leads:
            return;  // No value does.
    }
}

bool Matcher::changes_anything(EffectTable::Place place) const {
    bool any = false;
    RuleSet::visit_effects(rules_->effects_.effects(place), [&](const Effect& effect) {
        any |=
            effect.kind != Effect::Kind::meets || conditions_[effect.number].met_outside != event_;
    });
    return any;
}

void Matcher::meet(std::uint32_t condition, ConjunctionLists::List triggered) {
    auto& state = conditions_[condition];
    if (state.met != event_) {
        state.met = event_;
        if (triggered != 0) {
            rules_->conjunctions_.prefetch(triggered);
            triggered_.push_back(triggered);
        }
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

void Matcher::answer_all(ConjunctionLists::List conjunctions) {
    rules_->conjunctions_.visit(conjunctions,
                                [this](const auto& conjunction) { answer(conjunction); });
}

void Matcher::answer(const ConjunctionLists::Conjunction& conjunction) {
    const bool joint = conjunction.joint && search_.any_array();
    const auto is_possible = [&](std::uint32_t condition) {
        return is_met(condition) || (joint && is_absent_outside(condition));
    };
    if (!std::ranges::all_of(conjunction.conditions, is_possible)) return;
    if (joint && !is_met_consistently(conjunction.conditions)) return;
    for (const auto code : conjunction.rules) {
        const RuleSet::RuleInList in_list(code);
        const auto rule = in_list.rule;
        if (in_list.may_repeat && std::exchange(matched_[rule], event_) == event_) continue;
        matches_.push_back(rule);
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

bool Matcher::has_values(std::uint32_t condition) const {
    return fields_[rules_->conditions_[condition].field].event == event_;
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

bool Matcher::is_met_consistently(std::span<const std::uint32_t> conditions) {
    // A value outside of all arrays agrees with every other, so that nothing need be chosen in its
    // place; but an absence may only come about by such a choice.
    const bool any_absence = std::ranges::any_of(conditions, [this](std::uint32_t condition) {
        return has_values(condition) && is_absent_outside(condition);
    });
    search_.begin_steps();
    for (const auto condition : conditions) {
        if (is_met_outside(condition) && !(any_absence && has_values(condition))) continue;
        add_step(condition);
    }
    return search_.succeeds();
}

void Matcher::add_step(std::uint32_t condition) {
    const auto& info = rules_->conditions_[condition];
    const auto& state = conditions_[condition];
    const auto& field = fields_[info.field];
    auto& step = search_.add_step();
    if (state.met_in_array == event_) step.met = state.in_arrays;
    step.met_outside = is_met_outside(condition);
    step.values = field.in_arrays;
    step.any_value = info.exists;
    step.no_value = is_absent_outside(condition);
    for (auto i = info.anything_but_begin; i < info.anything_but_end; ++i) {
        const auto& but = anything_buts_[i];
        step.excluded.push_back(but.event == event_ ? but.in_arrays : ArraySearch::kNone);
    }
}

}  // namespace ingestor::eventbridge::patterns
